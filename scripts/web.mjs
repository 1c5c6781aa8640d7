// node scripts/web.mjs: bundles each module's Client/*.js and *.css, fonts and icons of npm with them, into artifacts/web. Part of the host's build.
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(root, 'artifacts/web');
process.chdir(root);
mkdirSync(out, { recursive: true });
await alone(join(root, 'artifacts/web.lock'), async () => {
  installPackages();
  await bundle();
});

/** Several builds may run at once, and npm cannot share a folder with another npm. */
async function alone(lock, work) {
  for (; ;) {
    try { const file = openSync(lock, 'wx'); writeSync(file, `${process.pid}`); closeSync(file); break; } catch (error) { if (error.code !== 'EEXIST') throw error; }
    if (!isHeld(lock)) rmSync(lock, { force: true });
    else await setTimeout(200);
  }
  try { await work(); } finally { rmSync(lock, { force: true }); }
}

// Whoever was killed leaves its lock behind; whoever has only just made it has not written its number yet.
function isHeld(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    if (pid === 0) return Date.now() - statSync(lock).mtimeMs < 5000;
    process.kill(pid, 0);
    return true;
  } catch (error) { return error.code === 'EPERM'; }
}

function installPackages() {
  const wanted = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
  const stamp = 'node_modules/.installed';
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { stdio: ['ignore', 'ignore', 'inherit'] });
  writeFileSync(stamp, wanted);
}

async function bundle() {
  const { build } = await import('esbuild');
  const sources = readdirSync('src', { recursive: true }).map(path => `src/${path}`).filter(path => !/\/(bin|obj)\//.test(path)).sort();
  const files = {};
  for (const entry of sources.filter(path => /^src\/(Modules|Themes)\/[^/]+\/Client\/[^/]+\.(js|css)$/.test(path))) {
    const module = basename(dirname(dirname(entry)));
    const { metafile } = await build({
      entryPoints: [entry], outdir: join(out, module), entryNames: '[name].[hash]', assetNames: '[name].[hash]',
      bundle: true, minify: true, format: 'esm', target: 'esnext', metafile: true, legalComments: 'none', logLevel: 'warning',
      nodePaths: [join(root, 'node_modules')], loader: { '.woff2': 'file', '.svg': 'file' },
    });
    for (const [file, made] of Object.entries(metafile.outputs)) {
      const path = relative('artifacts/web', file);
      files[made.entryPoint ? `${module}/${basename(entry)}` : path] = path;
    }
  }
  const icons = iconsUsed(sources.filter(path => /\.(cshtml|cs)$/.test(path)));
  files['icons.svg'] = write('icons', 'svg', sprite(icons));
  for (const path of Object.values(files)) compress(path);

  // Renamed into place: whoever reads it meanwhile reads a whole one. It is the last, since the build looks at its time.
  const manifest = join(out, 'manifest.json');
  writeFileSync(`${manifest}.new`, JSON.stringify({ files, icons }, null, 1));
  renameSync(`${manifest}.new`, manifest);

  const kept = new Set(['manifest.json', ...Object.values(files).flatMap(path => [path, `${path}.br`, `${path}.gz`])]);
  for (const path of readdirSync(out, { recursive: true }))
    if (!kept.has(path) && statSync(join(out, path)).isFile()) rmSync(join(out, path));
}

/** What pages and features name in so many words: <icon name="users" />, icon="users", Icon: "users". */
function iconsUsed(sources) {
  const names = new Map();
  for (const file of sources)
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/(?:<icon name="|\b[Ii]con(?:="|: "))([a-z0-9-]+)"/g)) names.set(name, file);
  return [...names].sort().filter(([name, file]) => {
    if (existsSync(`node_modules/lucide-static/icons/${name}.svg`)) return true;
    console.error(`${file}: there is no icon ${name}. Choose one of https://lucide.dev/icons`);
    process.exitCode = 1;
    return false;
  }).map(([name]) => name);
}

function sprite(names) {
  const symbols = names.map(name => {
    const svg = readFileSync(`node_modules/lucide-static/icons/${name}.svg`, 'utf8');
    const shapes = svg.replace(/<!--[\s\S]*?-->/, '').replace(/^[\s\S]*?<svg[^>]*>/, '').replace('</svg>', '').replace(/\s*\n\s*/g, '').replace(/ \/>/g, '/>');
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}

function write(name, kind, text) {
  const file = `${name}.${createHash('sha256').update(text).digest('hex').slice(0, 8)}.${kind}`;
  writeFileSync(join(out, file), text);
  return file;
}

// Once here, instead of at each request. Fonts and pictures are compressed already.
function compress(path) {
  const file = join(out, path);
  if (!/\.(js|css|svg)$/.test(path) || existsSync(`${file}.br`)) return;
  const bytes = readFileSync(file);
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}
