// A query that no address can hold is said so before it is sent. The server says it too.
(() => {
  "use strict";
  const box = document.querySelector("input[type=search]");
  if (!box) return;
  const most = 120000;
  const check = () => {
    // A letter takes nine letters of an address at most, so most are not measured.
    const long = box.value.length * 9 > most && encodeURIComponent(box.value).length > most;
    box.setCustomValidity(
      long ? "This is too long to be sent. Of a query the first 2,000 characters are read." : "",
    );
  };
  box.addEventListener("input", check);
  check();
})();
