// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import ParleyEvents
internal import ParleyHandshake
internal import ParleyTransport

/// The plain HTTP side of the server.
struct Routes {
    let gate: HandshakeGate
    let isSecure: Bool
    let version: String

    /// What a route knows about its connection.
    struct Context: RequestContext, RemoteAddressRequestContext {
        var coreContext: CoreRequestContextStorage
        let remoteAddress: SocketAddress?

        init(source: ApplicationRequestContextSource) {
            coreContext = .init(source: source)
            remoteAddress = source.channel.remoteAddress
        }
    }

    func router() -> Router<Context> {
        let router = Router(context: Context.self)
        router.add(middleware: Explanations(gate: gate, isSecure: isSecure))
        router.get("healthz") { _, _ in Self.json(.ok, ["status": "ok"]) }
        router.get("readyz") { _, _ in
            gate.isReady
                ? Self.json(.ok, ["status": "ready", "sessions": JSON(gate.sessionCount)])
                : Self.json(.serviceUnavailable, ["status": "draining", "sessions": JSON(gate.sessionCount)])
        }
        router.get("v1/models") { _, _ in
            let model = gate.policy.defaultModel ?? ""
            return Self.json(
                .ok,
                [
                    "object": "list",
                    "data": [["id": .string(model), "object": "model", "created": 0, "owned_by": "parley"]],
                ]
            )
        }
        router.get("/") { request, _ in
            let host = request.head.authority ?? "this server"
            let scheme = isSecure ? "wss" : "ws"
            return Self.json(
                .ok,
                [
                    "name": "parley", "version": .string(version),
                    "realtime": .string("\(scheme)://\(host)/v1/realtime"), "dialects": ["ga", "beta"],
                    "health": "/healthz",
                ]
            )
        }
        return router
    }

    static func json(_ status: HTTPResponse.Status, _ value: JSON) -> Response {
        response(status, headers: [.contentType: "application/json"], value.text)
    }

    fileprivate static func response(_ status: HTTPResponse.Status, headers: HTTPFields, _ body: String) -> Response {
        Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }

    /// Answers what no route takes with a reason: 426 on a Realtime path, else 404 with the right path.
    struct Explanations: RouterMiddleware {
        let gate: HandshakeGate
        let isSecure: Bool

        @concurrent
        func handle(
            _ request: Request,
            context: Context,
            next: @concurrent (Request, Context) async throws -> Response
        ) async throws -> Response {
            do {
                return try await next(request, context)
            } catch let error as HTTPError where error.status == .notFound || error.status == .methodNotAllowed {
                let head = HandshakeRequest(
                    request.head,
                    isHTTP10: false,
                    isSecure: isSecure,
                    peerIsLoopback: context.remoteAddress?.isLoopback ?? false
                )
                let decision = explainPlainRequest(head, policy: gate.policy)
                guard let refusal = decision.admission.refusal else { throw error }
                return Routes.response(refusal.status, headers: refusal.headers, refusal.body)
            }
        }
    }
}
