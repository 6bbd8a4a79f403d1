// Waiting for descriptors. Functions: poll_oneoff, fd_read, fd_write, sock_accept. The first argument says for what:
// `now` asks once, `read` reads without asking, `poll` waits for ever, `fill` writes for ever,
// `accept` waits for a connection at descriptor 3, `sleep` for an hour.
#include "check.h"
#include <poll.h>
#include <sys/socket.h>

static void show(struct pollfd *fds, int count, int timeout) {
    int ready = poll(fds, count, timeout);
    printf("%d ready:", ready);
    for (int n = 0; n < count; n++)
        printf(" %d%s%s%s%s%s", fds[n].fd, fds[n].revents & POLLIN ? "r" : "", fds[n].revents & POLLOUT ? "w" : "",
               fds[n].revents & POLLHUP ? "h" : "", fds[n].revents & POLLNVAL ? "?" : "",
               fds[n].revents & POLLERR ? "!" : "");
    printf("\n");
    fflush(stdout);
}

int main(int argc, char **argv) {
    char buffer[8192] = {0};
    const char *how = argc > 1 ? argv[1] : "now";
    if (!strcmp(how, "read"))
        return (int)read(0, buffer, sizeof buffer);
    if (!strcmp(how, "accept"))
        return accept(3, NULL, NULL);
    if (!strcmp(how, "sleep"))
        return (int)sleep(3600);
    if (!strcmp(how, "fill"))
        for (;;)
            write(1, buffer, sizeof buffer);
    struct pollfd fds[] = {{0, POLLIN, 0}, {1, POLLOUT, 0}, {2, POLLOUT, 0}, {77, POLLIN, 0}};
    if (!strcmp(how, "poll")) {
        show(fds, 1, -1);
        return (int)read(0, buffer, sizeof buffer);
    }
    show(fds, 1, 0);
    show(fds, 3, 1000);
    show(fds, 4, 1000);
    return 0;
}
