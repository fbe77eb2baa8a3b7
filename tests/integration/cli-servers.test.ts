import { afterAll, describe, expect, it } from 'vitest';
import { csvText, runCli, startCli, startSandbox, workFolder } from './command-line.ts';

const work = workFolder();
afterAll(() => work.remove());

describe('sandbox', () => {
  it('keeps what it received, and its credentials, over a restart', async () => {
    const first = await startSandbox(work.at('restarted'));
    const file = work.write('a.csv', csvText(12));
    expect((await runCli(['upload', file, '--root', first.root, '--data-dir', work.at('data')], { env: first.env })).code).toBe(0);
    expect(await first.rowsOf('machines', 12)).toBe(12);
    expect((await first.stop()).code).toBe(0);
    const second = await startSandbox(work.at('restarted'));
    expect(second.env).toEqual(first.env);
    expect(await second.rowsOf('machines', 12)).toBe(12);
    await second.stop();
  });

  it('shows people how to use it', async () => {
    let stopped = false;
    const result = await runCli(['sandbox', '--data-dir', work.at('shown')], {
      onLine: (line, child) => {
        if (stopped || !line.includes('Ctrl+C')) return;
        stopped = true;
        child.kill('SIGINT');
      },
    });
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(
      /export FINEO_API_KEY=\S+\n.*export AWS_ACCESS_KEY_ID=\S+\n.*export AWS_SECRET_ACCESS_KEY=\S+\n[^]*upload .*--root http:\/\/127\.0\.0\.1:\d+/,
    );
  });

  it('says so when the port is taken', async () => {
    const running = await startSandbox(work.at('one'));
    const result = await runCli(['sandbox', '--port', new URL(running.root).port, '--data-dir', work.at('two')]);
    await running.stop();
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/port.*in use/);
  });
});

describe('serve', () => {
  it('prints an address that answers, with the token where no server sees it, and ends cleanly', async () => {
    let told: (url: string) => void = () => undefined;
    const address = new Promise<string>((resolve) => (told = resolve));
    const run = startCli(['serve', '--no-open', '--json', '--data-dir', work.at('served')], {
      onLine: (line) => told((JSON.parse(line) as { readonly url: string }).url),
    });
    const url = new URL(await address);
    expect(url.hash).toMatch(/^#token=[\w-]{43}$/);
    const page = await fetch(url.origin);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<html');
    run.child.kill('SIGTERM');
    expect(await run.ended).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('demo', () => {
  it('stores every sample row and shows it', async () => {
    const result = await runCli(['demo'], { env: { TMPDIR: work.path } });
    expect(result.stderr).toBe('');
    expect(result.code).toBe(0);
    expect(result.stdout).toContain('Table seattle-weather, 1,461 rows');
    expect(result.stdout).toMatch(/4,037 rows read = 4,037 confirmed \+ 0 rejected \+ 0 held/);
    expect(result.stdout).toContain('Every row is stored');
  });

  it('leaves nothing behind', () => {
    expect(work.everything().filter(({ file }) => file.includes('fineo-demo-'))).toEqual([]);
  });
});

it('the help is there without a data folder, and the version is the package’s', async () => {
  const [help, version] = await Promise.all([runCli(['--help']), runCli(['--version'])]);
  expect(help).toMatchObject({ code: 0, stderr: '' });
  for (const command of ['upload', 'connections', 'history', 'rejects', 'sandbox', 'serve', 'demo']) expect(help.stdout).toContain(command);
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+$/);
});
