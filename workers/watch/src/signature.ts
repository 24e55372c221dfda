/**
 * signed reports whether GitHub's signature header is the payload's HMAC under
 * the secret, in constant time. An unset secret signs nothing.
 * https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export async function signed(
  payload: Uint8Array<ArrayBuffer>,
  header: string | null,
  secret: string | undefined,
): Promise<boolean> {
  const hex = /^sha256=([0-9a-f]{64})$/.exec(header ?? "")?.[1];
  if (!secret || hex === undefined) {
    return false;
  }
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), algorithm, false, ["verify"]);
  return crypto.subtle.verify("HMAC", key, Uint8Array.fromHex(hex), payload);
}
