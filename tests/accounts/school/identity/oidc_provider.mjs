// oidc-provider, which is certified for OpenID Connect, as a process of its own. Settings come as JSON in
// PROVIDER_SETTINGS: port, clients, accounts (claims by login). It prints a line once it listens.
import { Provider } from "oidc-provider";

const { port, clients, accounts } = JSON.parse(process.env.PROVIDER_SETTINGS);
const issuer = `http://127.0.0.1:${port}`;
const names = [...new Set(Object.values(accounts).flatMap(Object.keys))];

const provider = new Provider(issuer, {
  clients,
  claims: { openid: ["sub"], profile: names },
  conformIdTokenClaims: false,
  features: { backchannelLogout: { enabled: true } },
  findAccount: (_context, login) =>
    Object.hasOwn(accounts, login)
      ? { accountId: login, claims: () => ({ sub: login, ...accounts[login] }) }
      : undefined,
  // Its own guard against special addresses would keep the back channel from a console on loopback.
  fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options),
  cookies: { keys: ["only for tests"] },
});
provider.on("backchannel.error", (_context, error) => console.error("back channel:", error));
provider.listen(port, "127.0.0.1", () => console.log(`listening at ${issuer}`));
