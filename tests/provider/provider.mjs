// A certified OpenID provider on loopback: node provider.mjs PORT OUR_ORIGIN
// Whoever signs in as "regulator:150000" is a regulator of that province; "auditor" is an auditor.
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const [port, origin] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const key = { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "ES256", kid: "first" };
const of = (name) => {
  const [role, provinces] = name.split(":");
  const told = { treering_role: role };
  if (provinces !== undefined) told.treering_provinces = provinces.split("+");
  return told;
};
const provider = new Provider(issuer, {
  jwks: { keys: [key] },
  cookies: { keys: ["a key of a test, and of nothing else"] },
  claims: { openid: ["sub", "treering_role", "treering_provinces"] },
  conformIdTokenClaims: false,
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...of(sub) }) }),
  pkce: { required: () => true },
  clients: [
    {
      client_id: "treering",
      client_secret: "a secret of a test, and of nothing else",
      redirect_uris: [`${origin}/sign-in/back`],
      response_types: ["code"],
      id_token_signed_response_alg: "ES256",
    },
    {
      client_id: "auditor",
      client_secret: "another secret of a test",
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
      id_token_signed_response_alg: "ES256",
    },
  ],
  extraTokenClaims: (_, token) => (token.kind === "ClientCredentials" ? of(token.clientId) : {}),
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_, resource) => ({
        audience: resource,
        accessTokenTTL: 600,
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: "ES256" } },
        scope: "",
      }),
    },
  },
});
provider.listen(Number(port), "127.0.0.1", () => console.log(`listening on ${issuer}`));
