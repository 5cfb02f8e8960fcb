// An identity provider of SAML 2.0 as a process of its own, with samlify: it reads the console's metadata and
// requests, asks who it is, and signs assertions. Settings come as JSON in PROVIDER_SETTINGS: port, metadata (the
// console's), key, certificate, accounts (attributes by login). It prints a line once it listens.
import { createServer } from "node:http";
import samlify from "samlify";

const { port, metadata, key, certificate, accounts } = JSON.parse(process.env.PROVIDER_SETTINGS);
const base = `http://127.0.0.1:${port}`;
samlify.setSchemaValidator({ validate: async () => "the console is not what is tested here" });

const idp = samlify.IdentityProvider({
  entityID: `${base}/metadata`,
  privateKey: key,
  signingCert: certificate,
  requestSignatureAlgorithm: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
  isAssertionEncrypted: false,
  nameIDFormat: ["urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"],
  singleSignOnService: [{ Binding: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect", Location: `${base}/sso` }],
  singleLogoutService: [{ Binding: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect", Location: `${base}/slo` }],
});
const sp = samlify.ServiceProvider({ metadata, wantLogoutRequestSigned: true });
const binding = { redirect: "redirect", post: "post" };

const escape = (text) => text.replace(/[&<>"]/g, (one) => `&#${one.codePointAt(0)};`);
const attributes = (values) =>
  Object.entries(values)
    .map(([name, value]) => {
      const tags = [value].flat().map((one) => `<saml:AttributeValue>${escape(one)}</saml:AttributeValue>`);
      return `<saml:Attribute Name="${escape(name)}">${tags.join("")}</saml:Attribute>`;
    })
    .join("");

// The template of the library, with what it leaves empty: the session and the attributes.
const assertionFor = (login, request) => (template) => {
  const now = new Date();
  const end = new Date(now.getTime() + 300_000);
  const consumer = sp.entityMeta.getAssertionConsumerService(binding.post);
  const context = samlify.SamlLib.replaceTagsByValue(template, {
    ID: `_${crypto.randomUUID()}`,
    AssertionID: `_${crypto.randomUUID()}`,
    Destination: consumer,
    SubjectRecipient: consumer,
    AssertionConsumerServiceURL: consumer,
    Audience: sp.entityMeta.getEntityID(),
    Issuer: idp.entityMeta.getEntityID(),
    IssueInstant: now.toISOString(),
    StatusCode: "urn:oasis:names:tc:SAML:2.0:status:Success",
    ConditionsNotBefore: now.toISOString(),
    ConditionsNotOnOrAfter: end.toISOString(),
    SubjectConfirmationDataNotOnOrAfter: end.toISOString(),
    NameIDFormat: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    NameID: `account-of-${login}`,
    InResponseTo: request.id,
  });
  const rest =
    `<saml:AuthnStatement AuthnInstant="${now.toISOString()}" SessionIndex="session-of-${login}"><saml:AuthnContext>` +
    "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>" +
    `</saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>${attributes(accounts[login])}` +
    "</saml:AttributeStatement>";
  return { context: context.replace("{AuthnStatement}{AttributeStatement}", rest).replace(/\{\w+\}/g, "") };
};

const denied = (request) => {
  const consumer = sp.entityMeta.getAssertionConsumerService(binding.post);
  const xml =
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ' +
    `ID="_${crypto.randomUUID()}" Version="2.0" IssueInstant="${new Date().toISOString()}" Destination="${consumer}" ` +
    `InResponseTo="${request.id}"><saml:Issuer>${idp.entityMeta.getEntityID()}</saml:Issuer><samlp:Status><samlp:StatusCode ` +
    'Value="urn:oasis:names:tc:SAML:2.0:status:Responder"/></samlp:Status></samlp:Response>';
  return Buffer.from(xml).toString("base64");
};

const page = (response, body) => {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.end(`<!doctype html><title>School account</title>${body}`);
};
const back = (response, answer) =>
  page(
    response,
    `<form method="post" action="${sp.entityMeta.getAssertionConsumerService(binding.post)}"><input type="hidden" ` +
      `name="SAMLResponse" value="${answer}"><button>Go on</button></form><script>document.forms[0].submit()</script>`,
  );

const requests = new Map();
const routes = {
  "GET /metadata": (url, form, response) => response.end(idp.getMetadata()),
  "GET /sso": async (url, form, response) => {
    const query = Object.fromEntries(url.searchParams);
    const { extract } = await idp.parseLoginRequest(sp, binding.redirect, { query });
    requests.set(extract.request.id, extract.request);
    page(
      response,
      `<form method="post" action="/login"><input type="hidden" name="request" value="${extract.request.id}">` +
        '<input name="login"><input name="password" type="password"><button name="do" value="in">Sign in</button>' +
        '<button name="do" value="cancel">Cancel</button></form>',
    );
  },
  "POST /login": async (url, form, response) => {
    const request = requests.get(form.get("request"));
    const login = form.get("login");
    if (form.get("do") === "cancel") return back(response, denied(request));
    if (!Object.hasOwn(accounts, login) || form.get("password") !== "right") return page(response, "Wrong password");
    const info = { extract: { request } };
    const made = await idp.createLoginResponse(sp, info, binding.post, {}, { customTagReplacement: assertionFor(login, request) });
    back(response, made.context);
  },
  // The console is told by the browser that the account is signed out.
  "GET /sign-out": (url, form, response) => {
    const login = url.searchParams.get("login");
    const user = { logoutNameID: `account-of-${login}`, sessionIndex: `session-of-${login}` };
    const made = idp.createLogoutRequest(sp, binding.redirect, user);
    response.writeHead(302, { location: made.context });
    response.end();
  },
  "GET /slo": (url, form, response) =>
    page(response, url.searchParams.has("SAMLResponse") ? "Signed out everywhere" : "No answer"),
};

createServer(async (request, response) => {
  const url = new URL(request.url, base);
  const parts = [];
  for await (const part of request) parts.push(part);
  const form = new URLSearchParams(Buffer.concat(parts).toString());
  const route = routes[`${request.method} ${url.pathname}`];
  try {
    await (route ? route(url, form, response) : response.writeHead(404).end());
  } catch (error) {
    console.error("provider:", error);
    response.writeHead(500).end(String(error));
  }
}).listen(port, "127.0.0.1", () => console.log(`listening at ${base}`));
