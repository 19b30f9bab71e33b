// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension ErrorTexts {
    /// Words about certificates and TLS; where one phrase contains another, the longer stands first.
    static let certificatePhrases: [ErrorPhrase] = [
        ErrorPhrase(
            ["err_cert_date_invalid", "has expired or is not yet valid", "notaftertime", "nottimevalid"],
            ["tls-expired", "tls-not-yet-valid"],
            leavesOpen: Text(
                "Whether the certificate's time is over or has not begun, or this machine's clock is wrong.",
                zh: "是证书已过期、尚未生效，还是本机时钟有误。"
            )
        ),
        ErrorPhrase(
            ["certificate has expired", "cert_has_expired", "sec_error_expired_certificate"],
            ["tls-expired"]
        ),
        ErrorPhrase(["certificate is not yet valid", "cert_not_yet_valid"], ["tls-not-yet-valid"]),
        ErrorPhrase(
            [
                "self-signed certificate in certificate chain", "self signed certificate in certificate chain",
                "self_signed_cert_in_chain",
            ],
            ["fw-tls-intercept", "tls-unknown-ca"],
            leavesOpen: Text(
                "Whether the private root is the server's own or that of a gateway that intercepts TLS.",
                zh: "私有根是服务器自己的，还是拦截 TLS 的网关的。"
            )
        ),
        ErrorPhrase(
            ["self-signed certificate", "self signed certificate", "depth_zero_self_signed_cert"],
            ["tls-self-signed"]
        ),
        ErrorPhrase(
            [
                "unable to get local issuer certificate", "unable to verify the first certificate",
                "unable_to_verify_leaf_signature", "unable_to_get_issuer_cert",
            ],
            ["tls-missing-intermediate", "tls-unknown-ca", "fw-tls-intercept"],
            leavesOpen: Text(
                "Whether the intermediate is missing, the root is private, or TLS is intercepted.",
                zh: "是缺少中间证书、根是私有的，还是 TLS 被拦截。"
            )
        ),
        ErrorPhrase(
            [
                "err_cert_authority_invalid", "signed by unknown authority", "pkix path building failed",
                "unable to find valid certification path", "sec_error_unknown_issuer", "unknownissuer",
                "partialchain", "untrustedroot", "alert unknown ca",
            ],
            ["tls-self-signed", "tls-missing-intermediate", "tls-unknown-ca", "fw-tls-intercept"],
            leavesOpen: Text(
                "Self-signed, a private root, a missing intermediate, or interception.",
                zh: "自签名、私有根、缺少中间证书，还是被拦截。"
            )
        ),
        ErrorPhrase(
            ["ip address mismatch", "is not in the cert's list", "doesn't contain any ip sans"],
            ["tls-ip-not-in-san"]
        ),
        ErrorPhrase(["relies on legacy common name"], ["tls-no-san"]),
        ErrorPhrase(
            ["err_cert_common_name_invalid"],
            ["tls-hostname-mismatch", "tls-ip-not-in-san", "tls-no-san"],
            leavesOpen: Text(
                "Whether another name is in it, no address, or no subjectAltName at all.",
                zh: "证书中是别的名称、没有该地址，还是根本没有 subjectAltName。"
            )
        ),
        ErrorPhrase(
            [
                "hostname mismatch", "err_tls_cert_altname_invalid", "does not match certificate's altnames",
                "certificate is valid for", "no subject alternative", "remotecertificatenamemismatch",
                "ssl_error_bad_cert_domain", "notvalidforname",
            ],
            ["tls-hostname-mismatch"]
        ),
        ErrorPhrase(
            ["unsuitable certificate purpose", "invalid_purpose", "err_cert_invalid", "incompatible key usage"],
            ["tls-wrong-purpose"]
        ),
        ErrorPhrase(["key too weak", "ee_key_too_small", "key too small"], ["tls-weak-key"]),
        ErrorPhrase(
            ["digest algorithm too weak", "ca_md_too_weak", "err_cert_weak_signature_algorithm"],
            ["tls-weak-signature"]
        ),
        ErrorPhrase(["err_cert_revoked", "certificate revoked"], ["tls-revoked"]),
        ErrorPhrase(
            [
                "alert protocol version", "alert number 70", "err_ssl_version_or_cipher_mismatch",
                "[ssl: unsupported_protocol]", "protocol version not supported",
            ],
            ["tls-old-version", "tls-no-shared-cipher"],
            leavesOpen: Text("Whether the version or the suites differ.", zh: "不同的是版本还是密码套件。")
        ),
        ErrorPhrase(
            [
                "certificate required", "certificate_required", "no required ssl certificate was sent",
                "opening handshake was canceled", "bad_certificate",
            ],
            ["tls-client-cert-required"]
        ),
        ErrorPhrase(
            ["no application protocol", "no_application_protocol", "alert number 120", "err_alpn_negotiation_failed"],
            ["tls-alpn-h2-only"]
        ),
        ErrorPhrase(["unrecognized name", "unrecognized_name"], ["tls-sni-required"]),
        ErrorPhrase(
            ["alert handshake failure", "alert number 40", "handshake_failure"],
            ["tls-no-shared-cipher", "tls-client-cert-required", "tls-sni-required"]
        ),
        ErrorPhrase(
            [
                "http request to an https server", "plain http request was sent to https port",
                "malformed http response \"\\x15",
            ],
            ["tls-ws-to-tls"]
        ),
        ErrorPhrase(["err_ssl_protocol_error"], ["tls-wss-to-plain", "tls-alpn-h2-only"]),
        ErrorPhrase(
            [
                "before secure tls connection was established", "first record does not look like a tls handshake",
                "unexpected_eof_while_reading", "eof occurred in violation of protocol", "wrong version number",
                "wrong_version_number", "plaintext connection", "record layer failure", "invalidcontenttype",
            ],
            ["tls-wss-to-plain", "fw-tls-sni-reset", "net-reset-before-response"],
            leavesOpen: Text(
                "Whether the port speaks no TLS, or something on the way cut the TLS handshake.",
                zh: "是该端口不支持 TLS，还是途中有设备切断了 TLS 握手。"
            )
        ),
        ErrorPhrase(["err_connection_closed"], ["tls-wss-to-plain", "net-closed-before-response"]),
    ]
}
