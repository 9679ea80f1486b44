// A certified client, used as its documentation says. Environment: where the program listens, and whom it knows.
import assert from 'node:assert/strict';
import * as oidc from 'openid-client';

const { ADDRESS, ISSUER, EMAIL, PASSWORD, CLIENT_ID, CLIENT_SECRET, PUBLIC_ID, SERVICE_ID, SERVICE_SECRET } = process.env;
const redirect_uri = 'https://app.example.com/callback';

// The issuer is the public address; this program listens on a port of its own, as one behind a proxy does.
const here = (url) => String(url).replace(ISSUER, ADDRESS);
const discover = (id, secret, authentication) =>
  oidc.discovery(new URL(ISSUER), id, secret, authentication, {
    [oidc.customFetch]: (url, options) => fetch(here(url), options),
    // Signatures of ID tokens are checked too.
    execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
  });

const login = await fetch(`${ADDRESS}/api/v1/auth/login`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ email: EMAIL, password: PASSWORD, cookie: true }),
});
const cookie = login.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ');

async function signIn(config, redirect) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const expectedState = oidc.randomState();
  const expectedNonce = oidc.randomNonce();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirect,
    scope: 'openid profile email offline_access permissions',
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
    max_age: '3600',
  });
  const answer = await fetch(here(url), { redirect: 'manual', headers: { cookie } });
  assert.equal(answer.status, 302, await answer.text());
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, maxAge: 3600, idTokenExpected: true };
  return oidc.authorizationCodeGrant(config, new URL(answer.headers.get('location')), checks);
}

const me = async (token) => (await fetch(`${ADDRESS}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } })).json();

for (const authentication of [oidc.ClientSecretBasic(CLIENT_SECRET), oidc.ClientSecretPost(CLIENT_SECRET)]) {
  const config = await discover(CLIENT_ID, undefined, authentication);
  const tokens = await signIn(config, redirect_uri);
  const { sub, email, email_verified } = tokens.claims();
  assert.deepEqual([email, email_verified], [EMAIL, false]);

  const user = await oidc.fetchUserInfo(config, tokens.access_token, sub);
  assert.equal(user.email, EMAIL);
  const { data } = await me(tokens.access_token);
  assert.equal(data.user.user_id, sub);
  assert.ok(data.permissions.includes('manage:tenant'));

  const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(fresh.refresh_token, tokens.refresh_token);
  assert.equal(fresh.claims().sub, sub);
  const state = await oidc.tokenIntrospection(config, fresh.access_token);
  assert.deepEqual([state.active, state.client_id, state.sub], [true, CLIENT_ID, sub]);

  await oidc.tokenRevocation(config, fresh.refresh_token);
  assert.deepEqual(await oidc.tokenIntrospection(config, fresh.access_token), { active: false });
  await assert.rejects(oidc.refreshTokenGrant(config, fresh.refresh_token), { error: 'invalid_grant' });
}

// An app on a device: no secret, and a loopback address whose port changes.
const native = await discover(PUBLIC_ID, undefined, oidc.None());
const tokens = await signIn(native, 'http://127.0.0.1:51732/native');
const again = await oidc.refreshTokenGrant(native, tokens.refresh_token);
await assert.rejects(oidc.refreshTokenGrant(native, tokens.refresh_token), { error: 'invalid_grant' });
await assert.rejects(oidc.refreshTokenGrant(native, again.refresh_token), { error: 'invalid_grant' });

const service = await discover(SERVICE_ID, undefined, oidc.ClientSecretBasic(SERVICE_SECRET));
const program = await oidc.clientCredentialsGrant(service, { scope: 'read:workflows execute:workflows delete:tenant' });
assert.equal(program.refresh_token, undefined);
assert.deepEqual((await me(program.access_token)).data.permissions, ['execute:workflows', 'read:workflows']);

const web = await discover(CLIENT_ID, undefined, oidc.ClientSecretBasic(CLIENT_SECRET));
const last = await signIn(web, redirect_uri);
const leave = oidc.buildEndSessionUrl(web, { id_token_hint: last.id_token, post_logout_redirect_uri: 'https://app.example.com/bye', state: 'x y' });
const left = await fetch(here(leave), { redirect: 'manual' });
assert.equal(left.headers.get('location'), 'https://app.example.com/bye?state=x%20y');
await assert.rejects(oidc.refreshTokenGrant(web, last.refresh_token), { error: 'invalid_grant' });
console.log('done');
