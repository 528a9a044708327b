// A provider of OpenID Connect (oidc-provider), whose people are whoever they say they are.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { Provider } from "oidc-provider";
// Tokens must be made by the clock of the Worker that checks them.
import "./clock.mjs";
import { freePort } from "./server.mjs";

const CLIENT_ID = "flux";
/** Where a person says who they are. */
const PAGES = "/who/";

/**
 * Starts a provider that knows the deployment at `url` as its only client, and demands PKCE of it.
 *
 * `method` is how the client proves who it is: `"client_secret_basic"`, `"client_secret_post"`, or `"none"` for a client without a
 * secret. Gives `{ issuer, vars, stop() }`; `vars` are the variables of that deployment.
 */
export async function startProvider(url, { method = "client_secret_basic" } = {}) {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const secret = method === "none" ? undefined : randomBytes(24).toString("base64url");
  const provider = new Provider(issuer, {
    clients: [{
      client_id: CLIENT_ID,
      ...(secret && { client_secret: secret }),
      redirect_uris: [`${url}/auth/oidc/callback`],
      response_types: ["code"],
      grant_types: ["authorization_code"],
      token_endpoint_auth_method: method,
    }],
    clientAuthMethods: [method],
    cookies: { keys: [randomBytes(24).toString("base64url")] },
    // Its own pages load fonts from the internet.
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `${PAGES}${uid}` },
    loadExistingGrant: granted,
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    jwks: { keys: [{ ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256" }] },
    pkce: { required: () => true },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 3_600, IdToken: 600, Interaction: 600, Session: 3_600 },
  });
  provider.use((context, next) => {
    // Browsers compare the end of a cookie with it, and have another clock.
    context.set("date", new Date().toUTCString());
    return context.path.startsWith(PAGES) ? page(provider, context) : next();
  });
  const server = provider.listen(port, "127.0.0.1");
  await once(server, "listening");
  const vars = {
    OIDC_ISSUER: issuer, OIDC_CLIENT_ID: CLIENT_ID, OIDC_NAME: "Acme", ...(secret && { OIDC_CLIENT_SECRET: secret }),
  };
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { issuer, vars, stop };
}

/** Asks a person who they are, and believes them. */
async function page(provider, context) {
  const { name } = context.query;
  if (name === undefined) {
    context.type = "html";
    context.body = `<!doctype html><html lang="en"><title>Acme</title><link rel="icon" href="data:,">
      <form><label>Name <input name="name"></label> <button>Sign in</button> <a href="?name=">Cancel</a></form>`;
    return;
  }
  const result = name ? { login: { accountId: name } } : { error: "access_denied" };
  context.redirect(await provider.interactionResult(context.req, context.res, result, { mergeWithLastSubmission: false }));
}

/** Everybody trusts the client. */
async function granted({ oidc }) {
  const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope("openid");
  await grant.save();
  return grant;
}
