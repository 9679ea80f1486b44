// Prints every YAML of the deployment as JSON: { file: [document, ...] }. The chart's templates are rendered with its values first, by the few
// words of Helm's language that they use; another word, or a value that is not there, is an error.
import { readFileSync, readdirSync } from 'node:fs';
import { parseAllDocuments, parse, stringify } from 'yaml';

const chart = 'helm/saasflows';
const read = (file) => readFileSync(file, 'utf8');

function render(template, root) {
  const parts = template.replace(/\s*\{\{-/g, '{{').replace(/-\}\}\s*/g, '}}').split(/\{\{\s*(.*?)\s*\}\}/);
  let at = 0;
  const value = (path, scope) => {
    const [first, ...rest] = path.split('.');
    return rest.filter(Boolean).reduce((from, name) => {
      if (from?.[name] === undefined) throw new Error(`${path} has no value`);
      return from[name];
    }, first === '' || first === '$' ? root : scope[first]);
  };
  const print = (words, scope) => {
    const [from, pipe, argument] = words.split(/\s*\|\s*|\s+(?=\d+$)/);
    const found = value(from.replace(/^toYaml /, ''), scope);
    if (from.startsWith('toYaml ') && pipe === 'nindent') return '\n' + stringify(found).trimEnd().replace(/^/gm, ' '.repeat(+argument));
    if (pipe === 'quote') return JSON.stringify(String(found));
    if (pipe || typeof found === 'object') throw new Error(`{{ ${words} }} is not understood`);
    return String(found);
  };
  const block = (scope, shown) => {
    let text = '';
    for (;;) {
      if (shown) text += parts[at];
      const word = parts[++at];
      at++;
      if (word === undefined || word === 'end') return text;
      const [kind, ...rest] = word.split(/[\s,:=]+/);
      if (kind === 'range') {
        const [key, item, list] = rest;
        const [start, entries] = [at, Object.entries(value(list, scope))];
        for (const [name, one] of entries) {
          at = start;
          text += block({ ...scope, [key]: name, [item]: one }, shown);
        }
      } else if (kind === 'if') text += block(scope, shown && !!value(rest[0], scope));
      else if (shown) text += print(word, scope);
    }
  };
  return block({}, true);
}

const names = ['infra/compose.yaml', 'infra/otel-collector.yaml', `${chart}/Chart.yaml`, `${chart}/values.yaml`];
const files = Object.fromEntries(names.map((file) => [file, read(file)]));
const root = { Values: parse(read(`${chart}/values.yaml`)), Release: { Name: 'flows' } };
for (const file of readdirSync(`${chart}/templates`)) files[`${chart}/templates/${file}`] = render(read(`${chart}/templates/${file}`), root);

const documents = Object.entries(files).map(([file, text]) => [file, parseAllDocuments(text, { merge: true }).flatMap((document) => {
  if (document.errors.length + document.warnings.length > 0) throw new Error(`${file}: ${document.errors.concat(document.warnings)}`);
  const content = document.toJS();
  return content ? [content] : [];
})]);
console.log(JSON.stringify(Object.fromEntries(documents)));
