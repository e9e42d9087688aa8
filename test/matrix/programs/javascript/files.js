const fs = require('fs');
const os = require('os');
const path = require('path');
const { pipeline } = require('stream/promises');
const zlib = require('zlib');

async function main() {
  fs.mkdirSync('data/inner', { recursive: true });
  fs.writeFileSync('data/a.txt', 'line 1\nline 2\n');
  fs.appendFileSync('data/a.txt', 'line 3\n');
  console.log(fs.readFileSync('data/a.txt', 'utf8').split('\n').length, fs.statSync('data/a.txt').size);
  await pipeline(fs.createReadStream('data/a.txt'), zlib.createGzip(), fs.createWriteStream('data/inner/a.gz'));
  console.log(zlib.gunzipSync(fs.readFileSync('data/inner/a.gz')).toString().trim());
  fs.renameSync('data/a.txt', 'data/b.txt');
  fs.symlinkSync('b.txt', 'data/link');
  const walk = (folder) =>
    fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const name = path.join(folder, entry.name);
      return entry.isDirectory() ? walk(name) : [name];
    });
  console.log(walk('data').sort().join(' '), path.basename(fs.realpathSync('data/link')));
  await fs.promises.readFile('missing').catch((error) => console.log(error.code, error.message));
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 't-'));
  console.log(path.dirname(temporary), process.cwd(), os.homedir(), __dirname);
  try {
    fs.writeFileSync('/usr/x', 'x');
  } catch (error) {
    console.log('refused', ['EROFS', 'EACCES'].includes(error.code));
  }
  fs.rmSync('data', { recursive: true });
  console.log(fs.existsSync('data'), fs.readdirSync('.'));
}

main();
