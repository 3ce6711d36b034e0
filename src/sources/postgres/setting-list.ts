/** Settings whose value is a list of names, stored as PostgreSQL writes them down. */
const LISTS = new Set(['local_preload_libraries', 'search_path', 'session_preload_libraries', 'shared_preload_libraries', 'temp_tablespaces', 'unix_socket_directories']);

/** The values of `name=value` as the catalogue keeps it, each to be written as a literal of its own. */
export function settingValues(setting: string, value: string): readonly string[] {
  return LISTS.has(setting.toLowerCase()) ? splitNames(value) : [value];
}

/** Unquoted names are lower-cased, as PostgreSQL does; a quote inside of a quoted one is doubled. */
function splitNames(list: string): readonly string[] {
  return [...list.matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)].map(([, quoted, plain]) => (quoted === undefined ? (plain ?? '').toLowerCase() : quoted.replaceAll('""', '"')));
}
