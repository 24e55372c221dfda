import { Refusal } from "@crane/shared/refusal";

/** Fields is a request's JSON object before it is checked. */
export type Fields = Readonly<Record<string, unknown>>;

/** known refuses a field that the route does not have, so that a typing error is not dropped in silence. */
export function known(fields: Fields, ...names: string[]): void {
  const strange = Object.keys(fields).find((name) => !names.includes(name));
  if (strange !== undefined) {
    throw invalid(`unknown field ${JSON.stringify(strange.slice(0, 50))}; there are ${names.join(", ")}`);
  }
}

/** text is a required string of 1 to `max` characters, blanks around it removed. */
export function text(fields: Fields, name: string, max: number): string {
  const value = fields[name];
  const trimmed = typeof value === "string" ? value.trim() : "";
  if (trimmed === "" || trimmed.length > max) {
    throw invalid(`${name} must be a string of 1 to ${max} characters`);
  }
  return trimmed;
}

/** optionalText is null when the field is absent or null. */
export function optionalText(fields: Fields, name: string, max: number): string | null {
  return fields[name] === undefined || fields[name] === null ? null : text(fields, name, max);
}

/** slug is a required name in lower case, as ventures and tags are. */
export function slug(fields: Fields, name: string): string {
  return checkSlug(fields[name], name);
}

/** slugs is an optional list of at most `max` names, each once. */
export function slugs(fields: Fields, name: string, max: number): string[] {
  const value = fields[name] ?? [];
  if (!Array.isArray(value) || value.length > max) {
    throw invalid(`${name} must be a list of at most ${max} names`);
  }
  return [...new Set(value.map((item: unknown) => checkSlug(item, `each of ${name}`)))];
}

/** count is an optional whole number from 1 to `max` in a query string. */
export function count(value: string | null, name: string, fallback: number, max: number): number {
  const number = Number(value ?? fallback);
  if (value?.trim() === "" || !Number.isInteger(number) || number < 1 || number > max) {
    throw invalid(`${name} must be a whole number from 1 to ${max}`);
  }
  return number;
}

/** invalid is the refusal of a value. */
export function invalid(message: string): Refusal {
  return new Refusal(400, "invalid", message);
}

function checkSlug(value: unknown, name: string): string {
  if (typeof value !== "string" || !/^[a-z0-9._-]{1,100}$/.test(value)) {
    throw invalid(`${name} must be 1 to 100 of a-z, 0-9, dot, dash and underscore`);
  }
  return value;
}
