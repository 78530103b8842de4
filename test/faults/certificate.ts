import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTempDirectory } from '../kit/temp.ts';

/** A certificate signed by its own key; negative `days` make one that has expired. Node signs none itself. */
export function makeCertificate(subjectAltName: string, days: number): { key: string; cert: string } {
  const directory = makeTempDirectory('certificate');
  const [key, request, cert] = ['key.pem', 'request.pem', 'cert.pem'].map((file) => join(directory, file));
  const openssl = (command: string): void =>
    void execFileSync('openssl', command.split(' '), { stdio: ['ignore', 'ignore', 'pipe'] });
  openssl(`ecparam -name prime256v1 -genkey -noout -out ${key}`);
  openssl(
    `req -new -key ${key} -subj /CN=localhost -addext subjectAltName=${subjectAltName} -out ${request}`,
  );
  openssl(`x509 -req -in ${request} -signkey ${key} -days ${days} -copy_extensions copy -out ${cert}`);
  return { key: readFileSync(key!, 'utf8'), cert: readFileSync(cert!, 'utf8') };
}
