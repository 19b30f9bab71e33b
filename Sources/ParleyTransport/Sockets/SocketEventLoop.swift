// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
internal import CEpoll
package import NIOCore
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// An event loop for a server's sockets: one thread that waits with epoll, and never ends.
///
/// Whatever NIO offers on a loop works on it, but for the bootstraps of NIOPosix, which have loops of their own.
// Sendable: `inbox` has a lock of its own and `thread` is atomic. All other variables are touched on the loop's thread
// only: what may be called from elsewhere goes by `inbox` then.
package final class SocketEventLoop: EventLoop, EndlessEventLoops, NIOSerialEventLoopExecutor, @unchecked Sendable {
    /// Most events that are taken at once.
    private static let batch = 256
    /// Most bytes that one read takes from a socket.
    private static let receivedBytes = 64 * 1024

    private let epoll: CInt
    private let wakeup: CInt
    private let alarm: CInt
    /// When ``alarm`` goes off at the latest; `nil` for never.
    private var alarmTime: NIODeadline?
    private let thread = Atomic<UInt>(0)
    /// What other threads want done.
    private let inbox = Mutex<[LoopTask]>([])

    /// The channels by descriptor.
    @exclusivity(unchecked) private var registrations: [Registration] = []
    private var registrationsMade: UInt32 = 0
    @exclusivity(unchecked) private var tasks: [LoopTask] = []
    private var timers = LoopTimers()
    private let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: batch)
    /// Where sockets are read into, one after the other: a connection that is silent has no memory for it.
    let received = UnsafeMutableRawBufferPointer.allocate(byteCount: receivedBytes, alignment: 64)

    /// A channel, and a number by which events of one that had its descriptor before are known.
    private struct Registration {
        var channel: SocketChannel?
        var number: UInt32 = 0
    }

    /// A loop whose thread runs.
    ///
    /// - Parameter name: The thread's name; the system shows 15 bytes of it.
    /// - Throws: `IOError` if the system has no descriptor or thread left for it.
    init(name: String) throws {
        epoll = try systemCall("epoll_create1") { epoll_create1(CInt(EPOLL_CLOEXEC)) }
        wakeup = try systemCall("eventfd") { eventfd(0, CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK)) }
        alarm = try systemCall("timerfd_create") {
            timerfd_create(CLOCK_MONOTONIC, CInt(TFD_CLOEXEC) | CInt(TFD_NONBLOCK))
        }
        try register(wakeup, as: Self.tag(wakeup, 0), for: EPOLLIN.rawValue)
        try register(alarm, as: Self.tag(alarm, 0), for: EPOLLIN.rawValue)
        try startThread(name) { self.run() }
    }

    // MARK: What NIO asks of a loop

    /// Whether the caller is on the loop's thread.
    package var inEventLoop: Bool { thread.load(ordering: .relaxed) == parley_current_thread() }

    package func preconditionInEventLoop(file: StaticString, line: UInt) {
        precondition(inEventLoop, "not on the event loop", file: file, line: line)
    }

    package func preconditionNotInEventLoop(file: StaticString, line: UInt) {
        precondition(!inEventLoop, "on the event loop", file: file, line: line)
    }

    package func next() -> any EventLoop { self }

    package func makeIterator() -> EventLoopIterator { EventLoopIterator([self]) }

    package func execute(_ task: @escaping @Sendable () -> Void) { add(.function(task)) }

    package func enqueue(_ job: consuming ExecutorJob) { add(.job(UnownedJob(job))) }

    package func _executeIsolatedUnsafeUnchecked(_ task: @escaping () -> Void) { tasks.append(.function(task)) }

    @discardableResult
    package func scheduleTask<T>(
        deadline: NIODeadline,
        _ task: @escaping @Sendable () throws -> T
    ) -> Scheduled<T> {
        let (timer, scheduled) = makeTimer(deadline, task)
        if inEventLoop { timers.add(timer) } else { add(.timer(timer)) }
        return scheduled
    }

    @discardableResult
    package func scheduleTask<T>(in delay: TimeAmount, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        scheduleTask(deadline: .now() + delay, task)
    }

    @discardableResult
    package func _scheduleTaskIsolatedUnsafeUnchecked<T>(
        deadline: NIODeadline,
        _ task: @escaping () throws -> T
    ) -> Scheduled<T> {
        let (timer, scheduled) = makeTimer(deadline, task)
        timers.add(timer)
        return scheduled
    }

    @discardableResult
    package func _scheduleTaskIsolatedUnsafeUnchecked<T>(
        in delay: TimeAmount,
        _ task: @escaping () throws -> T
    ) -> Scheduled<T> {
        _scheduleTaskIsolatedUnsafeUnchecked(deadline: .now() + delay, task)
    }

    private func makeTimer<T>(
        _ deadline: NIODeadline,
        _ task: @escaping () throws -> T
    ) -> (LoopTimer, Scheduled<T>) {
        let promise = makePromise(of: T.self)
        let timer = LoopTimer(deadline) {
            promise.assumeIsolatedUnsafeUnchecked().completeWith(Result { try task() })
        }
        let scheduled = Scheduled(promise: promise) {
            if self.inEventLoop { self.timers.cancel(timer) } else { self.add(.cancellation(timer)) }
        }
        return (timer, scheduled)
    }

    // MARK: Tasks

    private func add(_ task: LoopTask) {
        guard !inEventLoop else { return tasks.append(task) }
        let isFirst = inbox.withLock { inbox in
            inbox.append(task)
            return inbox.count == 1
        }
        guard isFirst else { return }
        // It fails only when the loop has been woken 2^64 times without looking.
        _ = eventfd_write(wakeup, 1)
    }

    private func takeInbox() {
        var count: eventfd_t = 0
        _ = eventfd_read(wakeup, &count)
        tasks += inbox.withLock { inbox in
            let taken = inbox
            inbox = []
            return taken
        }
    }

    private func carryOut(_ task: LoopTask) {
        switch task {
        case .function(let function): function()
        case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
        case .timer(let timer): timers.add(timer)
        case .cancellation(let timer): timers.cancel(timer)
        }
    }

    // MARK: The thread

    private func run() {
        thread.store(parley_current_thread(), ordering: .relaxed)
        var running: [LoopTask] = []
        while true {
            wait()
            if !timers.isEmpty {
                // Looked at once: a timer set by another is not due before what the sockets have.
                let now = NIODeadline.now()
                while let timer = timers.due(at: now) { timer() }
            }
            swap(&running, &tasks)
            for task in running { carryOut(task) }
            running.removeAll(keepingCapacity: true)
        }
    }

    private func wait() {
        let mayWait = tasks.isEmpty
        if mayWait { setAlarm() }
        // Interrupted by a signal it has no events.
        let count = epoll_wait(epoll, events.baseAddress, CInt(Self.batch), mayWait ? -1 : 0)
        for index in 0..<max(0, Int(count)) {
            let event = events[index]
            let descriptor = CInt(truncatingIfNeeded: event.data.u64)
            if descriptor == wakeup {
                takeInbox()
                continue
            }
            if descriptor == alarm {
                takeAlarm()
                continue
            }
            let registration = registrations[Int(descriptor)]
            // An event before may have closed this one, and another opened one in its place.
            guard let channel = registration.channel, Self.tag(descriptor, registration.number) == event.data.u64
            else { continue }
            channel.ready(event.events)
        }
    }

    /// Sees to it that the wait ends when the next timer is due.
    ///
    /// Not by the wait's own time-out, which the system would set and clear with every message: the next deadline
    /// hardly ever changes.
    private func setAlarm() {
        guard let deadline = timers.nextDeadline else { return }
        // One that goes off too early does no harm.
        if let alarmTime, alarmTime <= deadline { return }
        alarmTime = deadline
        var time = itimerspec()
        // A time of zero would turn it off.
        let nanoseconds = max(1, deadline.uptimeNanoseconds)
        time.it_value.tv_sec = Int(nanoseconds / 1_000_000_000)
        time.it_value.tv_nsec = Int(nanoseconds % 1_000_000_000)
        let result = timerfd_settime(alarm, CInt(TFD_TIMER_ABSTIME), &time, nil)
        assert(result == 0, "a time that cannot be waited for")
    }

    private func takeAlarm() {
        var count: UInt64 = 0
        _ = read(alarm, &count, MemoryLayout<UInt64>.size)
        alarmTime = nil
    }

    // MARK: Channels

    private static func tag(_ descriptor: CInt, _ number: UInt32) -> UInt64 {
        UInt64(number) << 32 | UInt64(UInt32(bitPattern: descriptor))
    }

    private func register(_ descriptor: CInt, as tag: UInt64, for interest: UInt32) throws {
        var event = epoll_event()
        event.events = interest
        event.data.u64 = tag
        _ = try systemCall("epoll_ctl") { epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) }
    }

    /// Tells a channel of everything that happens to its socket from now on, each thing once; the loop keeps it.
    func register(_ channel: SocketChannel) throws {
        let index = Int(channel.descriptor)
        while registrations.count <= index { registrations.append(Registration()) }
        registrationsMade &+= 1
        registrations[index] = Registration(channel: channel, number: registrationsMade)
        // Edge-triggered, the system need not look at the socket again when it is asked the next time.
        let interest = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        try register(channel.descriptor, as: Self.tag(channel.descriptor, registrationsMade), for: interest)
    }

    /// Tells a channel of nothing more, and lets go of it.
    func deregister(_ channel: SocketChannel) {
        registrations[Int(channel.descriptor)].channel = nil
        // Not left to the end of the descriptor: a program that is just being started may have it for a moment, too.
        _ = epoll_ctl(epoll, EPOLL_CTL_DEL, channel.descriptor, nil)
    }
}

/// What a loop has to do.
// Sendable: what comes from another thread was made of a `@Sendable` closure, and is used on the loop's thread only.
private enum LoopTask: @unchecked Sendable {
    case function(() -> Void)
    case job(UnownedJob)
    case timer(LoopTimer)
    case cancellation(LoopTimer)
}
#endif
