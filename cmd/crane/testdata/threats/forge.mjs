// forge asks for tokens, changes them, and answers in the issuer's place. Tokens
// are in files, so that none is printed.
import { createHash, createPrivateKey, createSign, generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";

const read = (file) => readFileSync(file, "utf8");
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const parts = (token) => token.split(".").slice(0, 2).map((text) => JSON.parse(Buffer.from(text, "base64url")));

const verbs = {
  audience(kind, dir, to) {
    writeFileSync(to, `crane:${kind}:${createHash("sha256").update(readFileSync(dir + "/receipt.json")).digest("hex")}`);
  },
  async ask(audience, to) {
    const url = `${process.env.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=${encodeURIComponent(read(audience))}`;
    const answer = await fetch(url, { headers: { Authorization: `bearer ${process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN}` } });
    writeFileSync(to, (await answer.json()).value);
  },
  // sign changes claims; iat and exp are in seconds from now. A key that is "own"
  // is made, and its public half written beside the token.
  sign(from, to, key, ...changes) {
    const [header, claims] = parts(read(from));
    const now = Math.floor(Date.now() / 1000);
    for (const [name, value] of changes.map((change) => change.split("="))) {
      claims[name] = name === "iat" || name === "exp" ? now + Number(value) : value;
    }
    let signer;
    if (key === "own") {
      const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      const { kty, n, e } = publicKey.export({ format: "jwk" });
      writeFileSync(to + ".keys", JSON.stringify({ keys: [{ use: "sig", kty, kid: header.kid, alg: "RS256", n, e }] }) + "\n");
      signer = privateKey;
    } else {
      signer = createPrivateKey({ key: JSON.parse(read(key)), format: "jwk" });
    }
    const text = `${part(header)}.${part(claims)}`;
    writeFileSync(to, `${text}.${createSign("RSA-SHA256").update(text).sign(signer, "base64url")}`);
  },
  // flip puts one text in the place of another of the same length.
  flip(file, was, is) {
    const text = read(file);
    if (!text.includes(was)) throw new Error(`${file} has no ${was}`);
    writeFileSync(file, text.replace(was, is));
  },
  serve(file, exports) {
    const server = createServer((_, answer) => answer.end(JSON.stringify({ value: read(file) })));
    server.listen(0, "127.0.0.1", () =>
      writeFileSync(exports, `export ACTIONS_ID_TOKEN_REQUEST_URL=http://127.0.0.1:${server.address().port}/token?api-version=2.0\nexport ACTIONS_ID_TOKEN_REQUEST_TOKEN=any\n`));
  },
};
await verbs[process.argv[2]](...process.argv.slice(3));
