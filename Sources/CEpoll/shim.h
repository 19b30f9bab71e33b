// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// What Linux has for servers and Swift's module of the C library lacks.

#include <pthread.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>

// Declared only with _GNU_SOURCE, which that module is built without. To include its header here would take other
// names of it out of that module.
struct sockaddr;
int accept4(int socket, struct sockaddr *address, unsigned int *size, int flags);

/// Tells threads from each other; the C libraries have different types for it.
static inline uintptr_t parley_current_thread(void) { return (uintptr_t)pthread_self(); }

/// Starts a thread that is never waited for.
///
/// Returns 0, or what is wrong as in errno.
static inline int parley_start_thread(void *(*body)(void *), void *argument) {
    pthread_t thread;
    int result = pthread_create(&thread, NULL, body, argument);
    if (result == 0) pthread_detach(thread);
    return result;
}

/// Names the calling thread; the system keeps 15 bytes.
static inline void parley_name_thread(const char *name) { prctl(PR_SET_NAME, name); }
