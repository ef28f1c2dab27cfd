/* Faults at the disk: preloaded, it sees every change that a process makes to the files below
 * one folder, Python's and SQLite's alike, and can count, note, fail or never come to each.
 *
 * Nothing happens before faults_arm(). What is counted are the calls that change files or wait
 * for the disk: create, truncate, write, sync, rename, remove, make and remove folders. What
 * is written through a mapping is not seen; of what Morgue keeps, only SQLite's -shm is.
 *
 * A note is a header (struct note), two paths and the data, all in a file outside of the folder:
 * tests/torture/power.py reads them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum action { WATCH, KILL, TEAR, FAIL_ONCE, FAIL_ON, FILL_UP };

struct note {
    uint32_t kind, path, other;
    uint32_t unused;
    uint64_t inode, offset, length;
};

static char root[PATH_MAX];
static size_t root_length;
static int action, fault_errno, notes = -1;
static long at, counted;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void faults_arm(const char *folder, int what, long when, int error, int notes_to) {
    root_length = strlen(folder);
    memcpy(root, folder, root_length + 1);
    action = what, at = when, fault_errno = error, notes = notes_to, counted = 0;
}

void faults_disarm(void) { root_length = 0; }

long faults_counted(void) { return counted; }

static void write_out(const void *data, size_t length) {
    const char *from = data;
    while (length) {
        long done = syscall(SYS_write, notes, from, length);
        if (done <= 0) abort();
        from += done, length -= done;
    }
}

static void note(char kind, const char *path, const char *other, uint64_t inode, uint64_t offset,
                 const void *data, uint64_t length) {
    if (notes < 0) return;
    struct note head = {kind, strlen(path), strlen(other), 0, inode, offset, length};
    write_out(&head, sizeof head);
    write_out(path, head.path);
    write_out(other, head.other);
    if (data) write_out(data, length);
}

void faults_mark(const char *text) {
    if (root_length) note('m', "", "", 0, 0, text, strlen(text));
}

/* -- which calls are ours -------------------------------------------------- */

static int below_root(const char *path) {
    return root_length && !strncmp(path, root, root_length) &&
           (path[root_length] == '/' || !path[root_length]);
}

static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long length = syscall(SYS_readlink, link, path, PATH_MAX - 1);
    path[length > 0 ? length : 0] = 0;
    return length > 0;
}

static int is_ours(int fd, char *path) {
    return root_length && path_of(fd, path) && below_root(path);
}

static int is_ours_at(int folder, const char *name, char *path) {
    if (!root_length) return 0;
    if (name[0] == '/') {
        if (strlen(name) >= PATH_MAX) return 0;
        strcpy(path, name);
    } else {
        if (folder == AT_FDCWD ? !getcwd(path, PATH_MAX) : !path_of(folder, path)) return 0;
        if (strlen(path) + strlen(name) + 2 > PATH_MAX) return 0;
        strcat(strcat(path, "/"), name);
    }
    return below_root(path);
}

static uint64_t inode_of(int fd) {
    struct stat found;
    return fstat(fd, &found) ? 0 : found.st_ino;
}

/* -- what becomes of a call ------------------------------------------------- */

/* Whether a call of this kind fails for lack of room, or on a medium that fails as a whole. */
static int takes_room(char kind, int grows) {
    return kind == 'c' || kind == 'd' || kind == 'w' || kind == 'r' || (kind == 't' && grows);
}

static int fails(char kind, int grows) {
    int room = fault_errno == ENOSPC || fault_errno == EDQUOT;
    /* Taking a name that is there already takes no room. */
    return room ? takes_room(kind, grows) && kind != 'r' : 1;
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

enum verdict { GO, REFUSE, HALF };

/* Count a call, and say what becomes of it. The caller holds the lock. */
static enum verdict judge(char kind, int grows) {
    counted++;
    if (action == KILL && counted == at) die();
    if (action == TEAR && counted == at) {
        if (kind == 'w') return HALF;
        die();
    }
    if (action == FAIL_ONCE && counted == at && fails(kind, grows)) return REFUSE;
    if (action == FAIL_ON && counted >= at && fails(kind, grows)) return REFUSE;
    if (action == FILL_UP && counted == at && kind == 'w') return HALF;
    if (action == FILL_UP && counted >= at && fails(kind, grows)) return REFUSE;
    return GO;
}

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

#define BEGIN pthread_mutex_lock(&lock)
#define END(result)                    \
    do {                               \
        int kept = errno;              \
        pthread_mutex_unlock(&lock);   \
        errno = kept;                  \
        return (result);               \
    } while (0)
#define REFUSED                        \
    do {                               \
        errno = fault_errno;           \
        END(-1);                       \
    } while (0)

/* -- opening ---------------------------------------------------------------- */

static int is_read_only(void) {
    return root_length && fault_errno == EROFS && action == FAIL_ON && counted + 1 >= at;
}

static int opened(int folder, const char *name, int flags, mode_t mode) {
    char path[PATH_MAX];
    int (*open_at)(int, const char *, int, ...) = REAL(openat);
    int writes = (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC);
    if (!writes || !is_ours_at(folder, name, path)) return open_at(folder, name, flags, mode);
    BEGIN;
    struct stat found;
    int there = !fstatat(folder, name, &found, 0);
    int creates = !there && flags & O_CREAT;
    int empties = there && flags & O_TRUNC && found.st_size;
    if (there && is_read_only()) {
        errno = EROFS;
        END(-1);
    }
    if ((creates || empties) && judge(creates ? 'c' : 't', 0) != GO) REFUSED;
    int fd = open_at(folder, name, flags, mode);
    if (fd >= 0 && creates) note('c', path, "", inode_of(fd), 0, NULL, 0);
    if (fd >= 0 && empties) note('t', path, "", inode_of(fd), 0, NULL, 0);
    END(fd);
}

#define MODE(flags, mode)                       \
    mode_t mode = 0;                            \
    if ((flags) & (O_CREAT | O_TMPFILE)) {      \
        va_list rest;                           \
        va_start(rest, flags);                  \
        mode = va_arg(rest, mode_t);            \
        va_end(rest);                           \
    }

int open(const char *name, int flags, ...) {
    MODE(flags, mode)
    return opened(AT_FDCWD, name, flags, mode);
}
int open64(const char *name, int flags, ...) {
    MODE(flags, mode)
    return opened(AT_FDCWD, name, flags | O_LARGEFILE, mode);
}
int openat(int folder, const char *name, int flags, ...) {
    MODE(flags, mode)
    return opened(folder, name, flags, mode);
}
int openat64(int folder, const char *name, int flags, ...) {
    MODE(flags, mode)
    return opened(folder, name, flags | O_LARGEFILE, mode);
}

int access(const char *name, int mode) {
    char path[PATH_MAX];
    if (mode & W_OK && is_read_only() && is_ours_at(AT_FDCWD, name, path)) {
        errno = EROFS;
        return -1;
    }
    return REAL(access)(name, mode);
}

/* -- writing ---------------------------------------------------------------- */

static ssize_t written(int fd, const void *data, size_t length, off64_t offset) {
    ssize_t (*pwrite_)(int, const void *, size_t, off64_t) = REAL(pwrite64);
    ssize_t (*write_)(int, const void *, size_t) = REAL(write);
    char path[PATH_MAX];
    if (!is_ours(fd, path))
        return offset < 0 ? write_(fd, data, length) : pwrite_(fd, data, length, offset);
    BEGIN;
    int appends = fcntl(fd, F_GETFL) & O_APPEND;
    off64_t where = offset >= 0 ? offset : lseek64(fd, 0, appends ? SEEK_END : SEEK_CUR);
    enum verdict verdict = judge('w', 1);
    if (verdict == REFUSE || (verdict == HALF && length < 2 && action == FILL_UP)) REFUSED;
    size_t part = verdict == HALF ? length / 2 : length;
    ssize_t done = offset < 0 ? write_(fd, data, part) : pwrite_(fd, data, part, offset);
    if (verdict == HALF && action == TEAR) die();
    if (done > 0) note('w', path, "", inode_of(fd), where, data, done);
    END(done);
}

ssize_t write(int fd, const void *data, size_t length) { return written(fd, data, length, -1); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
    return written(fd, data, length, offset);
}
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    return written(fd, data, length, offset);
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    char path[PATH_MAX];
    if (!is_ours(fd, path)) return REAL(writev)(fd, parts, count);
    ssize_t sum = 0;
    for (int i = 0; i < count; i++) {
        if (!parts[i].iov_len) continue;
        ssize_t done = written(fd, parts[i].iov_base, parts[i].iov_len, -1);
        if (done < 0) return sum ? sum : -1;
        sum += done;
        if ((size_t)done < parts[i].iov_len) break;
    }
    return sum;
}
/* Whoever copies in the kernel is told to copy by hand, where we see it. */
ssize_t sendfile64(int to, int from, off64_t *offset, size_t count) {
    ssize_t (*send)(int, int, off64_t *, size_t) = real("sendfile64");
    char path[PATH_MAX];
    if (!is_ours(to, path)) return send(to, from, offset, count);
    errno = ENOTSOCK;
    return -1;
}
ssize_t sendfile(int to, int from, off_t *offset, size_t count) {
    return sendfile64(to, from, offset, count);
}

static int cut(int fd, off64_t length) {
    int (*truncate_)(int, off64_t) = REAL(ftruncate64);
    char path[PATH_MAX];
    if (!is_ours(fd, path)) return truncate_(fd, length);
    BEGIN;
    struct stat found;
    int grows = !fstat(fd, &found) && length > found.st_size;
    if (judge('t', grows) != GO) REFUSED;
    int done = truncate_(fd, length);
    if (!done) note('t', path, "", inode_of(fd), length, NULL, 0);
    END(done);
}
int ftruncate(int fd, off_t length) { return cut(fd, length); }
int ftruncate64(int fd, off64_t length) { return cut(fd, length); }

/* Nobody pulls a plug here, so what is synced need not reach a disk. */
static int synced(int fd, int (*sync)(int)) {
    char path[PATH_MAX];
    if (!is_ours(fd, path)) return sync(fd);
    BEGIN;
    if (judge('s', 0) != GO) REFUSED;
    note('s', path, "", inode_of(fd), 0, NULL, 0);
    END(0);
}
int fsync(int fd) { return synced(fd, REAL(fsync)); }
int fdatasync(int fd) { return synced(fd, REAL(fdatasync)); }

/* -- names ------------------------------------------------------------------ */

static int renamed(int from, const char *name, int to, const char *other, unsigned flags) {
    char path[PATH_MAX], target[PATH_MAX];
    if (!is_ours_at(from, name, path) || !is_ours_at(to, other, target))
        return syscall(SYS_renameat2, from, name, to, other, flags);
    BEGIN;
    if (judge('r', 0) != GO) REFUSED;
    int done = syscall(SYS_renameat2, from, name, to, other, flags);
    if (!done) note('r', path, target, 0, 0, NULL, 0);
    END(done);
}
int rename(const char *name, const char *other) {
    return renamed(AT_FDCWD, name, AT_FDCWD, other, 0);
}
int renameat(int from, const char *name, int to, const char *other) {
    return renamed(from, name, to, other, 0);
}
int renameat2(int from, const char *name, int to, const char *other, unsigned flags) {
    return renamed(from, name, to, other, flags);
}

static int removed(int folder, const char *name, int flags) {
    int (*unlink_at)(int, const char *, int) = REAL(unlinkat);
    char path[PATH_MAX];
    struct stat found;
    if (!is_ours_at(folder, name, path) || fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW))
        return unlink_at(folder, name, flags);
    BEGIN;
    char kind = flags & AT_REMOVEDIR ? 'x' : 'u';
    if (judge(kind, 0) != GO) REFUSED;
    int done = unlink_at(folder, name, flags);
    if (!done) note(kind, path, "", found.st_ino, 0, NULL, 0);
    END(done);
}
int unlink(const char *name) { return removed(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return removed(AT_FDCWD, name, AT_REMOVEDIR); }
int unlinkat(int folder, const char *name, int flags) { return removed(folder, name, flags); }

static int made(int folder, const char *name, mode_t mode) {
    int (*make)(int, const char *, mode_t) = REAL(mkdirat);
    char path[PATH_MAX];
    struct stat found;
    if (!is_ours_at(folder, name, path) || !fstatat(folder, name, &found, 0))
        return make(folder, name, mode);
    BEGIN;
    if (judge('d', 0) != GO) REFUSED;
    int done = make(folder, name, mode);
    if (!done) note('d', path, "", 0, 0, NULL, 0);
    END(done);
}
int mkdir(const char *name, mode_t mode) { return made(AT_FDCWD, name, mode); }
int mkdirat(int folder, const char *name, mode_t mode) { return made(folder, name, mode); }
