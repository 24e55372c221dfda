/** Payload is a webhook's JSON object. */
export type Payload = Readonly<Record<string, unknown>>;

/** at is the string or number at a path in a payload, as text; "" when there is none. */
export function at(payload: Payload, ...path: string[]): string {
  const value = path.reduce<unknown>((node, name) => (isObject(node) ? node[name] : undefined), payload);
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** list is the objects of an array in a payload. */
export function list(payload: Payload, name: string): Payload[] {
  const value = payload[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** line is a text's first line, cut to `max` characters. */
export function line(text: string, max: number): string {
  return cut(text.split("\n", 1)[0] ?? "", max);
}

/** cut shortens a text to `max` characters, the last of which then is an ellipsis. */
export function cut(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max - 1)}…` : text;
}

function isObject(value: unknown): value is Payload {
  return typeof value === "object" && value !== null;
}
