// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// The floor: about the least that a server can do for an appended piece of audio. One epoll loop; per message one read,
// the mask taken off, the audio found, its base64 text copied behind the head of a delta, one write. It neither decodes
// nor checks anything, so nobody should expect to get below it.
//
//   floor PORT      listens on 127.0.0.1 and prints "ready PORT"

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 18, OUT_BYTES = 1 << 20, MOST_FILES = 1 << 17 };

// What a connection holds between two reads: nothing but its incomplete ends.
struct connection {
    int is_open;
    uint8_t *kept, *unsent;
    size_t kept_bytes, unsent_bytes;
    unsigned events;
};

static struct connection *connections[MOST_FILES];
static uint8_t input[READ_BYTES * 2], output[OUT_BYTES];
static int poller;

// SHA-1 (FIPS 180-4) of at most 119 bytes, for Sec-WebSocket-Accept.
static void sha1(const uint8_t *text, size_t count, uint8_t digest[20]) {
    uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    uint8_t padded[128] = {0};
    size_t blocks = (count + 9 + 63) / 64;
    memcpy(padded, text, count);
    padded[count] = 0x80;
    for (int i = 0; i < 4; i++) padded[blocks * 64 - 1 - i] = (uint8_t)(count * 8 >> 8 * i);
    for (size_t block = 0; block < blocks; block++) {
        uint32_t w[80];
        for (int i = 0; i < 16; i++) {
            const uint8_t *p = padded + block * 64 + i * 4;
            w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
        }
        for (int i = 16; i < 80; i++) {
            uint32_t x = w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16];
            w[i] = x << 1 | x >> 31;
        }
        uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
        for (int i = 0; i < 80; i++) {
            uint32_t f = i < 20 ? (b & c) | (~b & d) : i < 40 || i >= 60 ? b ^ c ^ d : (b & c) | (b & d) | (c & d);
            uint32_t k = i < 20 ? 0x5A827999 : i < 40 ? 0x6ED9EBA1 : i < 60 ? 0x8F1BBCDC : 0xCA62C1D6;
            uint32_t next = (a << 5 | a >> 27) + f + e + k + w[i];
            e = d, d = c, c = b << 30 | b >> 2, b = a, a = next;
        }
        h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
    }
    for (int i = 0; i < 20; i++) digest[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static size_t base64(const uint8_t *bytes, size_t count, char *text) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t n = 0;
    for (size_t i = 0; i < count; i += 3) {
        uint32_t v = (uint32_t)bytes[i] << 16 | (i + 1 < count ? bytes[i + 1] << 8 : 0) | (i + 2 < count ? bytes[i + 2] : 0);
        text[n++] = letters[v >> 18];
        text[n++] = letters[v >> 12 & 63];
        text[n++] = i + 1 < count ? letters[v >> 6 & 63] : '=';
        text[n++] = i + 2 < count ? letters[v & 63] : '=';
    }
    return n;
}

static size_t head(uint8_t *to, int opcode, size_t count) {
    to[0] = (uint8_t)(0x80 | opcode);
    if (count < 126) return to[1] = (uint8_t)count, 2;
    if (count < 65536) return to[1] = 126, to[2] = (uint8_t)(count >> 8), to[3] = (uint8_t)count, 4;
    to[1] = 127;
    for (int i = 0; i < 8; i++) to[2 + i] = (uint8_t)(count >> (56 - 8 * i));
    return 10;
}

static void watch(int file, struct connection *c, unsigned events) {
    if (c->events == events) return;
    struct epoll_event event = {.events = events, .data.fd = file};
    epoll_ctl(poller, c->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, file, &event);
    c->events = events;
}

static void drop(int file) {
    struct connection *c = connections[file];
    free(c->kept), free(c->unsent), free(c);
    connections[file] = NULL;
    close(file);
}

static void keep(uint8_t **store, size_t *stored, const uint8_t *bytes, size_t count) {
    uint8_t *grown = realloc(*store, *stored + count);
    if (!grown) abort();
    memcpy(grown + *stored, bytes, count);
    *store = grown, *stored += count;
}

static void put(int file, struct connection *c, const uint8_t *bytes, size_t count) {
    ssize_t sent = c->unsent_bytes ? 0 : send(file, bytes, count, MSG_NOSIGNAL);
    if (sent < 0) sent = 0;
    if ((size_t)sent == count) return;
    keep(&c->unsent, &c->unsent_bytes, bytes + sent, count - (size_t)sent);
    watch(file, c, EPOLLIN | EPOLLOUT);
}

static void unmask(uint8_t *bytes, size_t count, const uint8_t key[4]) {
    uint64_t word;
    memcpy(&word, key, 4), memcpy((uint8_t *)&word + 4, key, 4);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        uint64_t x;
        memcpy(&x, bytes + i, 8), x ^= word, memcpy(bytes + i, &x, 8);
    }
    for (; i < count; i++) bytes[i] ^= key[i & 3];
}

// Answers one message; returns how many bytes of output it made.
static size_t answer(uint8_t *out, int opcode, uint8_t *payload, size_t count) {
    static const char name[] = "\"audio\":\"";
    static const char delta[] = "{\"type\":\"response.output_audio.delta\",\"event_id\":\"event_1\",\"response_id\":\"resp_1\","
                                "\"item_id\":\"item_1\",\"output_index\":0,\"content_index\":0,\"delta\":\"";
    if (opcode >= 8) {
        if (opcode == 10) return 0;
        size_t n = head(out, opcode == 9 ? 10 : 8, count);
        memcpy(out + n, payload, count);
        return n + count;
    }
    uint8_t *audio = memmem(payload, count < 256 ? count : 256, name, sizeof name - 1);
    if (!audio) return 0;
    audio += sizeof name - 1;
    uint8_t *end = memchr(audio, '"', (size_t)(payload + count - audio));
    if (!end) return 0;
    size_t length = (size_t)(end - audio), n = head(out, 1, sizeof delta - 1 + length + 2);
    memcpy(out + n, delta, sizeof delta - 1), n += sizeof delta - 1;
    memcpy(out + n, audio, length), n += length;
    out[n] = '"', out[n + 1] = '}';
    return n + 2;
}

// The handshake; returns how many bytes of the input it took, 0 if they are too few.
static size_t upgrade(int file, struct connection *c, const char *text, size_t count) {
    static const char created[] = "{\"type\":\"session.created\",\"event_id\":\"event_0\",\"session\":{}}";
    const char *end = memmem(text, count, "\r\n\r\n", 4), *name = "Sec-WebSocket-Key: ";
    if (!end) return 0;
    char key[64] = {0}, accept[32] = {0}, reply[512];
    uint8_t digest[20];
    for (const char *p = text; p < end; p++) {
        if ((p == text || p[-1] == '\n') && !strncasecmp(p, name, strlen(name))) memcpy(key, p + strlen(name), 24);
    }
    memcpy(key + 24, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", 36);
    sha1((uint8_t *)key, 60, digest);
    base64(digest, 20, accept);
    int n = snprintf(reply, sizeof reply,
                     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Accept: %s\r\n\r\n%c%c%s",
                     accept, 0x81, (int)sizeof created - 1, created);
    c->is_open = 1;
    put(file, c, (uint8_t *)reply, (size_t)n);
    return (size_t)(end - text) + 4;
}

static void readable(int file, struct connection *c) {
    size_t count = c->kept_bytes, made = 0;
    memcpy(input, c->kept, count);
    ssize_t got = recv(file, input + count, READ_BYTES, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return drop(file);
    count += (size_t)got;
    c->kept_bytes = 0;
    size_t at = c->is_open ? 0 : upgrade(file, c, (char *)input, count);
    int is_over = 0;
    while (c->is_open && count - at >= 6) {
        uint8_t *p = input + at;
        size_t length = p[1] & 127, header = 2;
        if (length == 126) {
            header = 4, length = (size_t)p[2] << 8 | p[3];
        } else if (length == 127) {
            if (count - at < 10) break;
            header = 10, length = 0;
            for (int i = 2; i < 10; i++) length = length << 8 | p[i];
            if (length > READ_BYTES / 2) return drop(file);
        }
        if (count - at < header + 4 + length) break;
        unmask(p + header + 4, length, p + header);
        if (made + length + 512 > OUT_BYTES) put(file, c, output, made), made = 0;
        made += answer(output + made, p[0] & 15, p + header + 4, length);
        is_over |= (p[0] & 15) == 8;
        at += header + 4 + length;
    }
    if (made) put(file, c, output, made);
    if (is_over) return drop(file);
    if (count > at) keep(&c->kept, &c->kept_bytes, input + at, count - at);
    // Idle connections hold no memory.
    if (!c->kept_bytes && c->kept) free(c->kept), c->kept = NULL;
}

static void writable(int file, struct connection *c) {
    ssize_t sent = send(file, c->unsent, c->unsent_bytes, MSG_NOSIGNAL);
    if (sent > 0) {
        c->unsent_bytes -= (size_t)sent;
        memmove(c->unsent, c->unsent + sent, c->unsent_bytes);
    }
    if (c->unsent_bytes) return;
    free(c->unsent), c->unsent = NULL;
    watch(file, c, EPOLLIN);
}

int main(int count, char **arguments) {
    int port = count > 1 ? atoi(arguments[1]) : 0, one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) return perror("floor"), 1;
    poller = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[512];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    printf("ready %d\n", port);
    fflush(stdout);
    for (;;) {
        int n = epoll_wait(poller, events, 512, -1);
        for (int i = 0; i < n; i++) {
            int file = events[i].data.fd;
            if (file == listener) {
                for (int next; (next = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
                    if (next >= MOST_FILES || !(connections[next] = calloc(1, sizeof(struct connection)))) {
                        close(next);
                        continue;
                    }
                    setsockopt(next, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                    watch(next, connections[next], EPOLLIN);
                }
                continue;
            }
            if (connections[file] && events[i].events & EPOLLOUT) writable(file, connections[file]);
            if (connections[file] && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) readable(file, connections[file]);
        }
    }
}
