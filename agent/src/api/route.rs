//! Addresses: from a method and a path to what answers there. Pure, so that it is tested without a Worker.
//!
//! The Worker has addresses of its own and passes those of an agent on to the agent's object. Sockets may have any path under the
//! name of an agent, as the published clients expect; over HTTP a path must match exactly.

use flux_identity::sign_in;

/// The agent's name in addresses.
pub const AGENT: &str = "chat";

/// What answers at an address of the Worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerRoute<'a> {
    /// Whether the service works.
    Health,
    /// The figures of the service, for Prometheus.
    Metrics,
    /// A new guest, for a program.
    Guest,
    /// A ticket for a socket.
    Ticket,
    /// Signing in and out.
    Auth(sign_in::Route),
    /// The object that the name stands for, if the identity may reach it. `name` is still percent-encoded.
    Agent {
        /// The name of the object, or `me`.
        name: &'a str,
        /// What answers in the object. Checked only after the identity.
        route: Result<ObjectRoute<'a>, RouteError>,
    },
    /// An agent that does not exist.
    UnknownAgent,
    /// The page and its files.
    Page,
}

/// What answers at an address of the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectRoute<'a> {
    /// A socket for the agents protocol.
    Socket,
    /// The newest messages of the conversation.
    Messages,
    /// Everything as a file.
    Export,
    /// Takes such a file, or a part of it.
    Import,
    /// How far the import of a file is.
    ImportProgress,
    /// Ends the import of a file.
    CancelImport,
    /// A request of the Worker about who may use the timeline. Only the service itself can send it.
    Account,
    /// A request of the workflow with this name. Only the service itself can send it: the Worker passes on addresses of agents
    /// alone.
    Run(&'a str),
}

/// Why nothing answers at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// There is no such path.
    #[error("Not found")]
    NotFound,
    /// The path exists, but not with this method.
    #[error("Method not allowed; use {allow}")]
    MethodNotAllowed {
        /// The methods that the path has, as the `Allow` header lists them (RFC 9110 §10.2.1).
        allow: &'static str,
    },
}

impl RouteError {
    /// The status of the response.
    pub fn status(self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::MethodNotAllowed { .. } => 405,
        }
    }
}

/// Reads an address of the Worker. `is_socket` says whether the request asks for a WebSocket.
///
/// # Errors
/// [`RouteError`] when nothing answers there.
pub fn worker_route<'a>(method: &str, path: &'a str, is_socket: bool) -> Result<WorkerRoute<'a>, RouteError> {
    let segments: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
    match segments.as_slice() {
        ["healthz"] => reading(method, WorkerRoute::Health),
        ["metrics"] => reading(method, WorkerRoute::Metrics),
        // A GET finds nothing there, as with the published server.
        ["api", "guest"] if method == "POST" => Ok(WorkerRoute::Guest),
        ["api", "ticket"] => posting(method, WorkerRoute::Ticket),
        ["auth", path @ ..] => auth_route(method, path).map(WorkerRoute::Auth),
        ["agents", AGENT, name, ..] if !name.is_empty() => {
            Ok(WorkerRoute::Agent { name, route: object_route(method, path, is_socket) })
        }
        ["agents", agent, name, ..] if !agent.is_empty() && !name.is_empty() => Ok(WorkerRoute::UnknownAgent),
        ["api" | "agents", ..] => Err(RouteError::NotFound),
        _ => Ok(WorkerRoute::Page),
    }
}

fn auth_route(method: &str, path: &[&str]) -> Result<sign_in::Route, RouteError> {
    match path {
        [] => reading(method, sign_in::Route::Options),
        ["guest"] => posting(method, sign_in::Route::Guest),
        ["passkey", "options"] => posting(method, sign_in::Route::Passkey),
        ["passkey", "register"] => posting(method, sign_in::Route::Registered),
        ["passkey", "sign-in"] => posting(method, sign_in::Route::Asserted),
        // Not for HEAD: each request begins something.
        ["oidc"] | ["oidc", "callback"] if method != "GET" => Err(RouteError::MethodNotAllowed { allow: "GET" }),
        ["oidc"] => Ok(sign_in::Route::Oidc),
        ["oidc", "callback"] => Ok(sign_in::Route::OidcCallback),
        ["sign-out"] => posting(method, sign_in::Route::SignOut),
        ["timelines"] => match method {
            "GET" | "HEAD" => Ok(sign_in::Route::Timelines),
            "POST" => Ok(sign_in::Route::ChooseTimeline),
            _ => Err(RouteError::MethodNotAllowed { allow: "GET, HEAD, POST" }),
        },
        _ => Err(RouteError::NotFound),
    }
}

/// Reads an address of the object.
///
/// # Errors
/// [`RouteError`] when nothing answers there.
pub fn object_route<'a>(method: &str, path: &'a str, is_socket: bool) -> Result<ObjectRoute<'a>, RouteError> {
    let segments: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
    match segments.as_slice() {
        ["agents", AGENT, name, ..] if is_socket && !name.is_empty() => Ok(ObjectRoute::Socket),
        ["agents", AGENT, _, "get-messages"] => reading(method, ObjectRoute::Messages),
        ["agents", AGENT, _, "export"] => reading(method, ObjectRoute::Export),
        ["agents", AGENT, _, "import"] => match method {
            "POST" => Ok(ObjectRoute::Import),
            "GET" | "HEAD" => Ok(ObjectRoute::ImportProgress),
            "DELETE" => Ok(ObjectRoute::CancelImport),
            _ => Err(RouteError::MethodNotAllowed { allow: "GET, HEAD, POST, DELETE" }),
        },
        ["account"] => posting(method, ObjectRoute::Account),
        ["runs", workflow] => posting(method, ObjectRoute::Run(workflow)),
        _ => Err(RouteError::NotFound),
    }
}

fn reading<T>(method: &str, route: T) -> Result<T, RouteError> {
    if matches!(method, "GET" | "HEAD") { Ok(route) } else { Err(RouteError::MethodNotAllowed { allow: "GET, HEAD" }) }
}

fn posting<T>(method: &str, route: T) -> Result<T, RouteError> {
    if method == "POST" { Ok(route) } else { Err(RouteError::MethodNotAllowed { allow: "POST" }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: RouteError = RouteError::MethodNotAllowed { allow: "GET, HEAD" };
    const POST: RouteError = RouteError::MethodNotAllowed { allow: "POST" };

    #[test]
    fn the_object_answers_at_exact_paths_and_to_their_methods_only() {
        let cases = [
            ("GET", "/agents/chat/me/get-messages", Ok(ObjectRoute::Messages)),
            ("HEAD", "/agents/chat/me/get-messages", Ok(ObjectRoute::Messages)),
            ("GET", "/agents/chat/u-1/export", Ok(ObjectRoute::Export)),
            ("POST", "/agents/chat/%61/import", Ok(ObjectRoute::Import)),
            ("POST", "/runs/0a-1-2", Ok(ObjectRoute::Run("0a-1-2"))),
            ("POST", "/account", Ok(ObjectRoute::Account)),
            ("GET", "/account", Err(POST)),
            ("POST", "/agents/chat/me/get-messages", Err(READ)),
            ("DELETE", "/agents/chat/me/export", Err(READ)),
            ("GET", "/agents/chat/me/import", Ok(ObjectRoute::ImportProgress)),
            ("DELETE", "/agents/chat/me/import", Ok(ObjectRoute::CancelImport)),
            ("PUT", "/agents/chat/me/import", Err(RouteError::MethodNotAllowed { allow: "GET, HEAD, POST, DELETE" })),
            ("GET", "/runs/0a-1-2", Err(POST)),
            ("GET", "/agents/chat/me", Err(RouteError::NotFound)),
            ("GET", "/agents/chat/me/anything", Err(RouteError::NotFound)),
            ("GET", "/agents/chat/me/get-messages/", Err(RouteError::NotFound)),
            ("GET", "/agents/chat/me/sub/get-messages", Err(RouteError::NotFound)),
            ("GET", "/agents/other/me/get-messages", Err(RouteError::NotFound)),
            ("GET", "/get-messages", Err(RouteError::NotFound)),
            ("POST", "/runs/0a-1-2/more", Err(RouteError::NotFound)),
            ("GET", "/", Err(RouteError::NotFound)),
        ];
        for (method, path, expected) in cases {
            assert_eq!(object_route(method, path, false), expected, "{method} {path}");
        }
    }

    #[test]
    fn a_socket_may_have_any_path_under_the_name_and_no_other() {
        for path in ["/agents/chat/me", "/agents/chat/me/", "/agents/chat/me/any/thing", "/agents/chat/me/import"] {
            assert_eq!(object_route("GET", path, true), Ok(ObjectRoute::Socket), "{path}");
        }
        for path in ["/agents/chat", "/agents/chat/", "/agents/other/me", "/elsewhere"] {
            assert_eq!(object_route("GET", path, true), Err(RouteError::NotFound), "{path}");
        }
        assert_eq!(object_route("POST", "/runs/a-1-2", true), Ok(ObjectRoute::Run("a-1-2")), "a run is no socket");
    }

    #[test]
    fn the_worker_knows_its_own_addresses_and_passes_agents_on() {
        let agent = |name, route| Ok(WorkerRoute::Agent { name, route });
        let cases = [
            ("GET", "/healthz", Ok(WorkerRoute::Health)),
            ("POST", "/healthz", Err(READ)),
            ("GET", "/metrics", Ok(WorkerRoute::Metrics)),
            ("POST", "/metrics", Err(READ)),
            ("GET", "/metrics/", Ok(WorkerRoute::Page)),
            ("POST", "/api/guest", Ok(WorkerRoute::Guest)),
            ("GET", "/api/guest", Err(RouteError::NotFound)),
            ("POST", "/api/ticket", Ok(WorkerRoute::Ticket)),
            ("GET", "/api/ticket", Err(POST)),
            ("GET", "/auth", Ok(WorkerRoute::Auth(sign_in::Route::Options))),
            ("POST", "/auth/guest", Ok(WorkerRoute::Auth(sign_in::Route::Guest))),
            ("GET", "/auth/guest", Err(POST)),
            ("POST", "/auth/passkey/options", Ok(WorkerRoute::Auth(sign_in::Route::Passkey))),
            ("POST", "/auth/passkey/register", Ok(WorkerRoute::Auth(sign_in::Route::Registered))),
            ("POST", "/auth/passkey/sign-in", Ok(WorkerRoute::Auth(sign_in::Route::Asserted))),
            ("GET", "/auth/passkey/sign-in", Err(POST)),
            ("GET", "/auth/oidc", Ok(WorkerRoute::Auth(sign_in::Route::Oidc))),
            ("GET", "/auth/oidc/callback", Ok(WorkerRoute::Auth(sign_in::Route::OidcCallback))),
            ("HEAD", "/auth/oidc/callback", Err(RouteError::MethodNotAllowed { allow: "GET" })),
            ("POST", "/auth/sign-out", Ok(WorkerRoute::Auth(sign_in::Route::SignOut))),
            ("GET", "/auth/timelines", Ok(WorkerRoute::Auth(sign_in::Route::Timelines))),
            ("POST", "/auth/timelines", Ok(WorkerRoute::Auth(sign_in::Route::ChooseTimeline))),
            ("GET", "/auth/", Err(RouteError::NotFound)),
            ("GET", "/auth/nothing", Err(RouteError::NotFound)),
            ("POST", "/account", Ok(WorkerRoute::Page)),
            ("GET", "/api/nothing", Err(RouteError::NotFound)),
            ("GET", "/agents", Err(RouteError::NotFound)),
            ("GET", "/agents/chat", Err(RouteError::NotFound)),
            ("GET", "/agents/nobody/me", Ok(WorkerRoute::UnknownAgent)),
            ("GET", "/agents/Chat/me", Ok(WorkerRoute::UnknownAgent)),
            ("GET", "/agents/chat/a%20b/get-messages", agent("a%20b", Ok(ObjectRoute::Messages))),
            ("GET", "/agents/chat/me/runs", agent("me", Err(RouteError::NotFound))),
            ("PUT", "/agents/chat/me/export", agent("me", Err(READ))),
            ("GET", "/", Ok(WorkerRoute::Page)),
            ("GET", "/runs/a-1-2", Ok(WorkerRoute::Page)),
            ("GET", "/history/2026", Ok(WorkerRoute::Page)),
        ];
        for (method, path, expected) in cases {
            assert_eq!(worker_route(method, path, false), expected, "{method} {path}");
        }
    }
}
