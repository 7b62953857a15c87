/** Ways to write an address of somebody's own network, or to hide one behind a name that is allowed. */

const dotted = [
  ...['127.0.0.1', '127.1', '127.0.1', '127.255.255.254', '0.0.0.0', '0', '10.0.0.1', '10.255.255.255'],
  ...['172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.1.254', '169.254.169.254', '169.254.170.2'],
  ...['100.64.0.1', '100.127.255.255', '192.0.0.1', '192.0.2.1', '198.18.0.1', '198.19.255.255', '224.0.0.1'],
  ...['239.255.255.250', '240.0.0.1', '255.255.255.255'],
  // Decimal, hexadecimal, octal, mixed and short spellings of the same.
  ...['2130706433', '0x7f000001', '0x7f.0.0.1', '0177.0.0.1', '017700000001', '0x7f.1', '127.0x1', '0177.1'],
  ...[
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '169.254.43518',
    '0xA9.0xFE.0xA9.0xFE',
    '3232235521',
  ],
  ...['127。0。0。1', '１２７.０.０.１', '①②⑦.⓪.⓪.①', '127.0.0.1.', '0x7f000001.', '00000177.00000000.0.1'],
];
const bracketed = [
  ...[
    '[::1]',
    '[::]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[::ffff:0:127.0.0.1]',
  ],
  ...[
    '[64:ff9b::7f00:1]',
    '[64:ff9b::169.254.169.254]',
    '[2002:7f00:1::]',
    '[2002:a9fe:a9fe::]',
    '[fe80::1]',
    '[fc00::1]',
  ],
  ...[
    '[fd00:ec2::254]',
    '[ff02::1]',
    '[::ffff:10.0.0.1]',
    '[::ffff:192.168.0.1]',
    '[2001:db8::1]',
    '[100::1]',
  ],
  ...['[::ffff:0:169.254.169.254]', '[::ffff:0:a9fe:a9fe]', '[64:ff9b:1:7f00:0:100::]', '[2001:0:7f00:1::]'],
  ...['[fe80::5efe:127.0.0.1]', '[fec0::1]', '[::1%25lo]', '[::169.254.169.254]', '[5f00::1]', '[3fff::1]'],
];
const named = [
  ...[
    'localhost',
    'LOCALHOST',
    'localhost.',
    'a.localhost',
    'localhost.localdomain',
    'x.local',
    'printer.lan',
  ],
  ...['db.internal', 'metadata.google.internal', 'instance-data.ec2.internal', 'router.home', 'files.corp'],
  ...[
    'nas.home.arpa',
    'wiki.intranet',
    'metadata',
    'kubernetes',
    'loc%61lhost',
    'ｌｏｃａｌｈｏｓｔ',
    'localhost%2e',
  ],
];
const hosts = [...dotted, ...bracketed, ...named];

const tricks = (port: number): string[] => {
  const there = `127.0.0.1:${port}`;
  return [
    `https://pictures.test@${there}/x.png`,
    `http://pictures.test:80@${there}/x.png`,
    `http://pictures.test%40${there}/x.png`,
    `http://${there}#@pictures.test/x.png`,
    `http://${there}\\@pictures.test/x.png`,
    `http://${there}/?https://pictures.test/`,
    `http://pictures.test.${there}/x.png`,
    `http:${there}/x.png`,
    `http:\\\\${there}\\x.png`,
    `//${there}/x.png`,
    `http:///${there}/x.png`,
    `  http://${there}/x.png`,
    `ht\ntp://${there}/x.png`,
    `http://${there.replace('.', '\t.')}/x.png`,
    `HTTP://${there}/x.png`,
    `https://pictures.test\u0000@${there}/`,
    `https://pictures.test:${port}@${there}/`,
    `https://user:password@pictures.test/x.png`,
    `https://pictures.test:444/x.png`,
    `http://pictures.test/x.png`,
    ...['file:///etc/passwd', 'ftp://127.0.0.1/x', 'gopher://127.0.0.1:70/_x', 'data:image/png;base64,AAAA'],
    ...[
      `blob:http://${there}/x`,
      `ws://${there}/x`,
      `jar:http://${there}!/x`,
      'javascript:alert(1)',
      'about:blank',
    ],
    ...[
      `unix:///var/run/docker.sock`,
      `http+unix://%2Fvar%2Frun%2Fdocker.sock/x`,
      `dict://${there}/x`,
      '',
      ' ',
      '/x.png',
    ],
    ...[
      'http://',
      'https://',
      'https:///',
      'http://[',
      'http://[::1',
      'http://%',
      'https://\u202e',
      'x'.repeat(100_000),
    ],
    ...[`http://${there}/x.png?${'y'.repeat(5_000)}`, `http://0:${port}/`, `http://[::]:${port}/`],
  ];
};

/**
 * URLs that must lead nowhere, more than three hundred.
 * @param port on which a listener waits on every address of this machine
 */
export const privateUrls = (port: number): readonly string[] => [
  ...hosts.flatMap((host) => [`http://${host}:${port}/x.png`, `https://${host}/x.png`]),
  ...hosts.flatMap((host) => [`https://${host}:${port}/x.png`, `http://u:p@${host}:${port}/x.png`]),
  ...tricks(port),
];

/** Public addresses that are not where pictures lie, however much they look like it. */
export const lookalikeUrls: readonly string[] = [
  'https://pictures.test.evil.test/x.png',
  'https://evilpictures.test/x.png',
  'https://pictures。test.evil.test/x.png',
  'https://pictures.test.:8443/x.png',
  'https://pictures.tést/x.png',
  'https://pictures.test%2eevil.test/x.png',
  `https://${'a.'.repeat(3_000)}test/`,
];

/** Private addresses as a resolver gives them, for a name that is allowed. */
export const privateAddresses: readonly string[] = [
  ...[
    '127.0.0.1',
    '127.1.2.3',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.9.9',
    '192.168.1.1',
    '169.254.169.254',
  ],
  ...[
    '100.64.1.1',
    '192.0.0.8',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
  ],
  ...[
    '255.255.255.255',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:169.254.169.254',
    '::127.0.0.1',
  ],
  ...[
    '64:ff9b::7f00:1',
    '64:ff9b::a9fe:a9fe',
    '2002:7f00:1::',
    '2001:db8::1',
    '2001::1',
    'fe80::1',
    'fe80::1%lo',
  ],
  ...['::ffff:0:169.254.169.254', '::ffff:0:7f00:1', '::169.254.169.254', '64:ff9b::10.0.0.1'],
  ...['64:ff9b:1:7f00:0:100::', '2001:0:4136:e378:8000:63bf:3fff:fdd2', '2606:4700::5efe:127.0.0.1'],
  ...['2606:4700::200:5efe:10.0.0.1', '2606:4700::1111%lo', '3fff::1', '5f00::1', '4000::1', '192.88.99.1'],
  ...['fc00::1', 'fd00:ec2::254', 'fec0::1', 'ff02::1', '100::1', 'not an address', ''],
];
