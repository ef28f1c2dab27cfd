"""What `morgue doctor` looks at (`look`), and what it makes of that: pure decisions, by area."""
