import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addressRefusal } from './address-policy.js';
import { URL_POLICY } from './url-policy.js';

describe('the URL policy', () => {
  it.each([
    'http://prometheus.internal:9090/x?y=1', 'https://hooks.example/T000/B000', 'http://127.0.0.1:9090', 'http://10.1.2.3/', 'http://[fd12::1]/', 'http://localhost/', 'http://[::1]:80/',
  ])('allows %s', (url) => {
    expect(URL_POLICY.check(url).href).toContain('http');
  });

  it.each([
    'file:///etc/passwd', 'ftp://example.com/', 'gopher://example.com', 'javascript:alert(1)', 'not a url', '', '//example.com',
    'http://user:pass@example.com/', 'http://user@example.com/',
    'http://169.254.169.254/latest/meta-data/', 'http://169.254.170.2/', 'http://2852039166/', 'http://0xa9fea9fe/', 'http://0251.0376.0251.0376/', 'http://169.254.169.254./',
    'http://[fe80::1]/', 'http://[fd00:ec2::254]/', 'http://[fd00:0ec2:0:0:0:0:0:254]/', 'http://[::ffff:169.254.169.254]/', 'http://[::ffff:a9fe:a9fe]/',
    'http://[64:ff9b::a9fe:a9fe]/', 'http://[64:ff9b:1::a9fe:a9fe]/', 'http://[2002:a9fe:a9fe::]/', 'http://[::a9fe:a9fe]/', 'http://[::ffff:0:a9fe:a9fe]/',
    'http://100.100.100.200/', 'http://168.63.129.16/', 'http://192.0.0.192/', 'http://0.0.0.0/', 'http://0/', 'http://[::]/', 'http://224.0.0.1/', 'http://[ff02::1]/', 'http://255.255.255.255/',
  ])('refuses %s', (url) => {
    expect(() => URL_POLICY.check(url)).toThrow(expect.objectContaining({ code: 'URL_REFUSED' }));
  });

  it('refuses every link-local address, however it is wrapped', () => {
    fc.assert(fc.property(fc.nat(255), fc.nat(255), (a, b) => {
      const low = ((a << 8) | b).toString(16);
      for (const address of [`169.254.${a}.${b}`, `::ffff:169.254.${a}.${b}`, `64:ff9b::a9fe:${low}`, `2002:a9fe:${low}::1`]) {
        expect(addressRefusal(address)).toBeDefined();
      }
    }));
  });

  it('throws nothing but its code, whatever it is given', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.ipV4().map((ip) => `http://${ip}/`), fc.ipV6().map((ip) => `http://[${ip}]/`)), (text) => {
      try {
        URL_POLICY.check(text);
      } catch (error) {
        expect(error).toMatchObject({ code: 'URL_REFUSED' });
      }
    }));
  });
});
