/**
 * sameSecret compares in a time that tells nothing about either side: digests
 * are of one length whatever the keys are. An unset secret equals nothing.
 */
export async function sameSecret(given: string, secret: string | undefined): Promise<boolean> {
  if (!secret) {
    return false;
  }
  const [a, b] = await Promise.all([digest(given), digest(secret)]);
  return crypto.subtle.timingSafeEqual(a, b);
}

function digest(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}
