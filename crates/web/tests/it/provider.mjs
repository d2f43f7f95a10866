// A provider of OpenID Connect: oidc-provider by its author, as it is, with one person before it
// whom the test names, and, when the test says so, a token that lies.
//
// COMPTOIR_PROVIDER names the folder that it is installed in. Prints its issuer once it listens.
import { createHmac, createSign, generateKeyPairSync } from "node:crypto";
import http from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";

const installed = path.join(process.env.COMPTOIR_PROVIDER, "node_modules/oidc-provider/lib/index.js");
const { default: Provider } = await import(pathToFileURL(installed));

const [redirect] = process.argv.slice(2);
const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwk = { ...keys.privateKey.export({ format: "jwk" }), kid: "ours", use: "sig", alg: "RS256" };
const client = {
  client_id: "comptoir",
  client_secret: "un secret de trente-deux lettres !",
  redirect_uris: [redirect],
};

/** Who is before the provider, and how it asked. */
let person = { sub: "ada", email: "ada@maison.example", amr: ["pwd"] };
/** What the next token says that is not so. */
let lie = {};

const server = http.createServer();
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [client],
  jwks: { keys: [jwk] },
  cookies: { keys: ["tests"] },
  features: { devInteractions: { enabled: false } },
  claims: { openid: ["sub", "acr", "amr", "auth_time"], email: ["email"], profile: ["name"] },
  conformIdTokenClaims: false,
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, email: person.email }) }),
  interactions: { url: (_, interaction) => `/person/${interaction.uid}` },
  ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 60, Interaction: 60, Session: 60, Grant: 60 },
});
provider.on("server_error", (_, error) => console.error(error));

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** The token again, with what it is to say that is not so. */
function lied(token) {
  const [head, claims] = token.split(".").slice(0, 2)
    .map((text) => JSON.parse(Buffer.from(text, "base64url")));
  const { alg = head.alg, kid = head.kid, key, ...more } = lie;
  const signed = `${part({ ...head, alg, kid })}.${part({ ...claims, ...more })}`;
  if (alg === "none") return `${signed}.`;
  if (alg === "HS256") {
    const secret = keys.publicKey.export({ type: "spki", format: "pem" });
    return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
  }
  const by = key === "other" ? other.privateKey : keys.privateKey;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(by, "base64url")}`;
}

provider.use(async (context, next) => {
  await next();
  if (context.path === "/token" && context.body?.id_token && Object.keys(lie).length) {
    context.body.id_token = lied(context.body.id_token);
  }
});

async function interact(request, response) {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  const { sub, amr, acr } = person;
  if (prompt.name === "login") {
    const login = { accountId: sub, amr, acr, remember: false };
    return provider.interactionFinished(request, response, { login });
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope("openid email profile");
  const consent = { grantId: await grant.save() };
  const merge = { mergeWithLastSubmission: true };
  return provider.interactionFinished(request, response, { consent }, merge);
}

const serve = provider.callback();
server.on("request", (request, response) => {
  const url = new URL(request.url, issuer);
  const said = url.searchParams.get("is");
  if (url.pathname === "/test/person") person = JSON.parse(said);
  else if (url.pathname === "/test/lie") lie = JSON.parse(said);
  else if (url.pathname.startsWith("/person/")) {
    interact(request, response).catch((error) => response.writeHead(500).end(String(error)));
    return;
  } else return serve(request, response);
  response.end("ok");
});
console.log(issuer);
