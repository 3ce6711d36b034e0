type Labels = Readonly<Record<string, string>>;

export interface Sample { readonly name?: string; readonly labels: Labels; readonly value: number }

/** What Prometheus calls a metric family. */
export interface Family { readonly name: string; readonly help: string; readonly type: 'counter' | 'gauge' | 'histogram'; readonly samples: readonly Sample[] }

/** In the Prometheus text format. */
export function renderFamilies(families: readonly Family[]): string {
  return families.map(({ name, help, type, samples }) => {
    const lines = samples.map((sample) => `${sample.name ?? name}${labelText(sample.labels)} ${sample.value}`);
    return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
  }).join('');
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`);
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}
