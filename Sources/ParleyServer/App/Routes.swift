// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import ParleyEvents
internal import ParleyHandshake
internal import ParleyTransport

/// The plain HTTP side of the server.
struct Routes {
    let gate: HandshakeGate
    let metrics: ServerMetrics
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

    /// Answers the requests of a connection.
    func responder(logger: Logger) -> HTTPChannelHandler.Responder {
        let routes = router().buildResponder()
        return { request, writer, channel in
            let context = Context(source: .init(channel: channel, logger: logger))
            var response: Response
            do {
                response = try await routes.respond(to: request, context: context)
            } catch let error as HTTPParserError {
                // The connection answers that one.
                throw error
            } catch {
                logger.error("request failed", metadata: ["error": "\(error)"])
                response = Response(status: .internalServerError)
            }
            response.headers[.date] = UnixTime.httpDate
            try await writer.write(response: response.head, body: response.body)
        }
    }

    private func router() -> Router<Context> {
        let router = Router(context: Context.self)
        router.add(middleware: Explanations(gate: gate, isSecure: isSecure))
        router.get("healthz") { _, _ in Self.json(.ok, ["status": "ok"]) }
        router.get("readyz") { _, _ in
            gate.isReady
                ? Self.json(.ok, readiness("ready")) : Self.json(.serviceUnavailable, readiness("draining"))
        }
        router.get("v1/models") { request, context in
            if let refusal = refusal(request, context) { return Self.response(refusal) }
            let setup = gate.current
            let models = [setup.policy.defaultModel ?? ""] + setup.engines.models
            return Self.json(
                .ok,
                [
                    "object": "list",
                    "data": .array(
                        models.map { ["id": .string($0), "object": "model", "created": 0, "owned_by": "parley"] }
                    ),
                ]
            )
        }
        router.get("metrics") { request, context in
            if let refusal = refusal(request, context) { return Self.response(refusal) }
            let text = metrics.text(sessions: gate.sessionCount, connections: gate.door.connectionCount)
            return Self.response(.ok, headers: [.contentType: "text/plain; version=0.0.4"], text)
        }
        router.post("v1/realtime/client_secrets") { try await mint(.clientSecrets, $0, $1) }
        router.post("v1/realtime/sessions") { try await mint(.sessions, $0, $1) }
        router.post("v1/realtime/transcription_sessions") { try await mint(.transcriptionSessions, $0, $1) }
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

    private func readiness(_ status: String) -> JSON {
        [
            "status": .string(status), "sessions": JSON(gate.sessionCount),
            "connections": JSON(gate.door.connectionCount),
        ]
    }

    /// Most bytes of a request's body.
    private static let bodyBytes = 1 << 20

    private func mint(_ endpoint: SecretMint.Endpoint, _ request: Request, _ context: Context) async throws -> Response
    {
        if let refusal = refusal(request, context) { return Self.response(refusal) }
        let body = try await request.body.collect(upTo: Self.bodyBytes)
        do throws(RealtimeError) {
            return Self.json(.ok, .object(try gate.mint(try Self.object(body), at: endpoint)))
        } catch {
            var object = error.object
            object["event_id"] = nil
            return Self.json(.badRequest, ["error": .object(object)])
        }
    }

    private static func object(_ body: ByteBuffer) throws(RealtimeError) -> JSONObject {
        guard body.readableBytes > 0 else { return [:] }
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: body)
        } catch {
            throw RealtimeError(code: "invalid_json", message: "The body is \(error.description).")
        }
        guard let object = json.objectValue else {
            throw RealtimeError(
                code: "invalid_json",
                message: "Expected a JSON object as body, but got \(json.kindDescription)."
            )
        }
        return object
    }

    /// Why this client gets no answer to what needs a key.
    private func refusal(_ request: Request, _ context: Context) -> Refusal? {
        authorizePlainRequest(
            Self.head(request, context, isSecure),
            policy: gate.policy,
            capacity: gate.door.capacity(for: context.remoteAddress)
        )
    }

    fileprivate static func head(_ request: Request, _ context: Context, _ isSecure: Bool) -> HandshakeRequest {
        HandshakeRequest(
            request.head,
            isHTTP10: false,
            isSecure: isSecure,
            peerIsLoopback: context.remoteAddress?.isLoopback ?? false
        )
    }

    fileprivate static func response(_ refusal: Refusal) -> Response {
        response(refusal.status, headers: refusal.headers, refusal.body)
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
                let head = Routes.head(request, context, isSecure)
                let decision = explainPlainRequest(head, policy: gate.policy)
                guard let refusal = decision.admission.refusal else { throw error }
                return Routes.response(refusal)
            }
        }
    }
}
