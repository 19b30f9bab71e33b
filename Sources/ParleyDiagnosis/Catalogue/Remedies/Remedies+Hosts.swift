// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Answering to a host name, per software.

extension Remedies {
    /// Let the server answer to the name clients use.
    static let allowHost: [Fix] = [
        Fix(
            Text(
                """
                Add the name (and port) that clients use to the server's list of hosts, or let the proxy in front \
                pass the original Host on.
                """,
                zh: "把客户端使用的名称（及端口）加入服务器的主机列表，或让前面的代理转发原始 Host。"
            )
        ),
        Fix(
            .vite,
            Text("Add the name to server.allowedHosts.", zh: "把该名称加入 server.allowedHosts。"),
            snippet: "server: { allowedHosts: ['console.example'] }"
        ),
        Fix(
            .djangoChannels,
            Text("Add the name to ALLOWED_HOSTS.", zh: "把该名称加入 ALLOWED_HOSTS。"),
            snippet: #"ALLOWED_HOSTS = ["console.example"]"#
        ),
        Fix(
            .daphne,
            Text("Add the name to Django's ALLOWED_HOSTS.", zh: "把该名称加入 Django 的 ALLOWED_HOSTS。"),
            snippet: #"ALLOWED_HOSTS = ["console.example"]"#
        ),
        Fix(
            .uvicorn,
            Text("Add the name to TrustedHostMiddleware.", zh: "把该名称加入 TrustedHostMiddleware。"),
            snippet: #"app.add_middleware(TrustedHostMiddleware, allowed_hosts=["console.example"])"#
        ),
        Fix(
            .nginx,
            Text("Add the name to server_name and pass Host on.", zh: "把该名称加入 server_name，并转发 Host。"),
            snippet: """
                server_name console.example;
                proxy_set_header Host $http_host;
                """
        ),
        Fix(
            .apache,
            Text(
                "Add a ServerAlias, and keep the host for the back end.",
                zh: "添加 ServerAlias，并为后端保留主机名。"
            ),
            snippet: """
                ServerAlias console.example
                ProxyPreserveHost On
                """
        ),
        Fix(
            .caddy,
            Text("Add the name to the site's address.", zh: "把该名称加入站点地址。"),
            snippet: "console.example { reverse_proxy 127.0.0.1:8000 }"
        ),
        Fix(
            .haproxy,
            Text("Check ACLs on hdr(host).", zh: "检查针对 hdr(host) 的 ACL。")
        ),
        Fix(
            .traefik,
            Text("Add the name to the router's rule.", zh: "把该名称加入路由规则。"),
            snippet: "rule: Host(`console.example`)"
        ),
        Fix(
            .envoy,
            Text("Add the name to domains of the virtual host.", zh: "把该名称加入虚拟主机的 domains。")
        ),
        Fix(
            .ingressNginx,
            Text("Add a rule for the host.", zh: "为该主机添加规则。")
        ),
        Fix(
            .iis,
            Text("Add a binding with this host name.", zh: "添加带此主机名的绑定。")
        ),
        Fix(
            .spring,
            Text(
                "Look for a filter that checks Host, such as StrictHttpFirewall.setAllowedHostnames.",
                zh: "查找检查 Host 的过滤器，例如 StrictHttpFirewall.setAllowedHostnames。"
            )
        ),
        Fix(
            .aspNetCore,
            Text("Add the name to AllowedHosts.", zh: "把该名称加入 AllowedHosts。"),
            snippet: #""AllowedHosts": "console.example;localhost""#
        ),
        Fix(
            .puma,
            Text("Add the name to config.hosts of Rails.", zh: "把该名称加入 Rails 的 config.hosts。"),
            snippet: #"config.hosts << "console.example""#
        ),
        Fix(
            .phoenix,
            Text("Set url: [host: …] of the endpoint.", zh: "设置 endpoint 的 url: [host: …]。")
        ),
        Fix(
            .parley,
            Text(
                "Add the name under hosts in the configuration, or start with keys.",
                zh: "在配置的 hosts 中加入该名称，或带密钥启动。"
            )
        ),
    ]
}
