/* The naive limit of fan-out: one thread, one epoll, one send() per delivery.
 *
 * Listens on 127.0.0.1, prints its port, waits for the number of connections that it is given, then sends every message
 * of the last connection to all of them, to itself last: then the message is no more in flight. A message is as long as
 * the second argument says; nothing is parsed. Ends when that connection does, and prints the CPU time that it used since
 * the first message, in microseconds, the number of deliveries, and how many of them failed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static double cpu_microseconds(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    int wanted = atoi(argv[1]), size = atoi(argv[2]);
    int listener = socket(AF_INET, SOCK_STREAM, 0), poll = epoll_create1(0), yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 4096)) return 1;
    getsockname(listener, (struct sockaddr *)&address, &length);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    int *receivers = malloc(sizeof(int) * wanted);
    for (int i = 0; i < wanted; i++) {
        receivers[i] = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        setsockopt(receivers[i], IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        struct epoll_event event = {.events = EPOLLIN, .data.fd = receivers[i]};
        epoll_ctl(poll, EPOLL_CTL_ADD, receivers[i], &event);
    }

    int sender = receivers[wanted - 1];
    static char buffer[1 << 20];
    size_t held = 0;
    long deliveries = 0, failures = 0;
    double began = 0;
    struct epoll_event events[64];
    for (int running = 1; running;) {
        int ready = epoll_wait(poll, events, 64, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd != sender) {
                char ignored[4096];
                if (recv(events[i].data.fd, ignored, sizeof ignored, 0) == 0)
                    epoll_ctl(poll, EPOLL_CTL_DEL, events[i].data.fd, NULL);
                continue;
            }
            ssize_t got = recv(sender, buffer + held, sizeof buffer - held, 0);
            if (got <= 0) { running = 0; break; }
            if (began == 0) began = cpu_microseconds();
            held += got;
            size_t used = 0;
            for (; held - used >= (size_t)size; used += size)
                for (int r = 0; r < wanted; r++, deliveries++)
                    if (send(receivers[r], buffer + used, size, MSG_NOSIGNAL) != size) failures++;
            memmove(buffer, buffer + used, held -= used);
        }
    }
    printf("%.0f %ld %ld\n", cpu_microseconds() - began, deliveries, failures);
    return 0;
}
