// A socket that the host hands over as descriptor 3. Functions: sock_accept, sock_recv, sock_send,
// sock_shutdown, fd_read, fd_write, poll_oneoff.
#include "check.h"
#include <poll.h>
#include <sys/socket.h>

int main(void) {
    char buffer[64];
    setvbuf(stdout, NULL, _IONBF, 0);
    SAY(recv(3, buffer, 1, 0));
    SAY(shutdown(77, SHUT_WR));
    SAY(shutdown(1, SHUT_WR) < 0 ? 1 : 0);
    struct pollfd listener = {3, POLLIN, 0};
    SAY(poll(&listener, 1, -1));
    int fd = OPENS(accept(3, NULL, NULL));
    SAY(fcntl(3, F_SETFL, O_NONBLOCK));
    OPENS(accept(3, NULL, NULL));
    struct stat st;
    SAY(fstat(fd, &st));
    printf("socket %d\n", S_ISSOCK(st.st_mode));
    SAY(lseek(fd, 0, SEEK_CUR));
    SAY(recv(fd, buffer, 5, MSG_PEEK));
    text("peeked", buffer, 5);
    SAY(recv(fd, buffer, 2, 0));
    text("received", buffer, 2);
    // More comes later, in two pieces.
    SAY(send(fd, "more", 4, 0));
    SAY(recv(fd, buffer, 13, MSG_WAITALL));
    text("all", buffer, 13);
    SAY(write(fd, "done", 4));
    SAY(fcntl(fd, F_SETFL, O_NONBLOCK));
    SAY(recv(fd, buffer, 1, 0));
    SAY(fcntl(fd, F_SETFL, 0));
    SAY(shutdown(fd, SHUT_WR));
    SAY(send(fd, "x", 1, 0));
    // The other end closes.
    SAY(read(fd, buffer, 64));
    SAY(close(fd));
    SAY(close(fd));
    return 0;
}
