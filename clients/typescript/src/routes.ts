import type { paths } from "./schema.js";

/** The documented routes, as they are below `baseUrl`. */
type Routes = { [Path in keyof paths as Path extends `/api/auth${infer Rest}` ? Rest : Path]: paths[Path] };

/** Those that sign in and out are `auth.login`, `auth.restore` and `auth.logout`: a session goes with them. */
type OwnMethods = "/login" | "/refresh" | "/logout";

/** A path of the document, with its places in braces: `/users/{id}`. */
export type RoutePath = Exclude<keyof Routes & string, OwnMethods>;

/** The methods that a path has. */
export type MethodOf<Path extends RoutePath> = {
  [Method in keyof Routes[Path]]: Routes[Path][Method] extends Operation ? Uppercase<Method & string> : never;
}[keyof Routes[Path]];

/** What a call takes: `path` and `query`, `body`, and what any request may have. */
export type RequestArguments<Path extends RoutePath, Method extends MethodOf<Path>> = PathOf<At<Path, Method>> &
  QueryOf<At<Path, Method>> &
  BodyOf<At<Path, Method>> & { readonly headers?: HeadersInit; readonly signal?: AbortSignal | null };

/** What a call gives: the JSON of the answers that are no refusals. */
export type Body<Path extends RoutePath, Method extends MethodOf<Path>> = Success<At<Path, Method>>;

/** A call of a documented route. The last argument may be left out where nothing in it is required. */
export type Request = <Path extends RoutePath, Method extends MethodOf<Path>>(
  method: Method,
  path: Path,
  ...rest: Rest<RequestArguments<Path, Method>>
) => Promise<Body<Path, Method>>;

interface Operation {
  parameters: object;
  responses: object;
}

type At<Path extends RoutePath, Method extends MethodOf<Path>> = Extract<
  Routes[Path][Lowercase<Method & string> & keyof Routes[Path]],
  Operation
>;

type Rest<Arguments> = object extends Arguments ? [rest?: Arguments] : [rest: Arguments];

type PathOf<Op extends Operation> = Op["parameters"] extends { path: infer Values } ? { readonly path: Values } : unknown;

// The document has the roles of the server that wrote it; another one may have more.
type AnyRole<Values> = { [Name in keyof Values]: Name extends "role" ? string | Extract<Values[Name], undefined> : Values[Name] };

type QueryOf<Op extends Operation> = Op["parameters"] extends { query: infer Query }
  ? { readonly query: AnyRole<Query> }
  : Op["parameters"] extends { query?: infer Query }
    ? [Query] extends [undefined] ? unknown : { readonly query?: AnyRole<Query> }
    : unknown;

type BodyOf<Op extends Operation> = Op extends { requestBody: { content: { "application/json": infer Json } } }
  ? { readonly body: AnyRole<Json> }
  : Op extends { requestBody?: { content: { "application/json": infer Json } } }
    ? [Json] extends [never] ? unknown : { readonly body?: AnyRole<Json> }
    : unknown;

type Success<Op extends Operation> = {
  [Status in keyof Op["responses"]]: Status extends 200 | 201
    ? Op["responses"][Status] extends { content: { "application/json": infer Json } } ? Json : undefined
    : Status extends 204 ? undefined : never;
}[keyof Op["responses"]];
