export interface Device {
  /** The browser's or program's name; undefined if it doesn't say. */
  name?: string;
  system?: string;
  kind: 'desktop' | 'phone' | 'program';
}

// In this order: a browser names those before it that it is like.
const browsers: [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\/|Opera/, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/HeadlessChrome\/|Chrome\/|CriOS\//, 'Chrome'],
  [/Version\/.*Safari\//, 'Safari'],
];

const systems: [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/CrOS/, 'ChromeOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Linux|X11/, 'Linux'],
];

const first = (names: [RegExp, string][], text: string) => names.find(([mark]) => mark.test(text))?.[1];

/** The browser and system of a user agent, as a person would name them. */
export function deviceOf(userAgent: string | null): Device {
  const text = userAgent ?? '';
  const name = first(browsers, text);
  if (name === undefined) return { name: /^[\w.-]+/.exec(text)?.[0], kind: 'program' };
  return { name, system: first(systems, text), kind: /Mobile|iPhone|iPad|Android/.test(text) ? 'phone' : 'desktop' };
}
