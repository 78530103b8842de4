/*
 * What fuzzed lines are made of: raw JSON text, in which a backslash is one. The plain fragments are as JSON.stringify
 * writes them; the odd ones are not, or not quite, or mean something.
 */

const words = (text: string): readonly string[] => text.split(/[ \n]+/);

export const KNOWN_KEYS = words(
  String.raw`level time pid hostname msg name module trace_id thread_id severity message err error exception exc_info
stack_trace stack error_type error_message extra tracehub_id original_timestamp failure text service id timestamp audit`,
);

export const MESSAGE_KEYS = ['msg', 'msg', 'msg', 'message'];

export const PLAIN_KEYS = [
  ...words('a b c user orderId durationMs req res status_code x-y größe __proto__x'),
  'a b',
];

export const ODD_KEYS = [
  ...words(
    String.raw`0 1 10 01 -1 1e3 4294967295 7up 🐢 a\u0062 \" \\ \n \u0000 \ud800 \/ \u0061 __proto__ constructor toString
toJSON then length stack Aa BB [__proto__] …`,
  ),
  '',
  ' ',
  '\u2028',
  '\u007f',
  'a\u0000',
  'a\tb',
];

export const PLAIN_TEXTS = [
  ...words(String.raw`a payment_captured 7 é 中文 🐢 \n \" \\ \t \u001f \u000b \r / {} , : []`),
  ' ',
  '\u2028',
  '\u007f',
  '\ufffd',
];

export const ODD_TEXTS = [
  ...words(
    String.raw`\u0000 \u0001 \u001f \u001F \u0008 \u0009 \u000a \u000b \u007f \u0041 \u00e9 \ud83d \udc22 \ud83d\udc22
\uD83D\uDC22 \udc22\ud83d \u2028 \uffff \/ \b \f \r \x \u12 \u \U0041 \ \' \u00 \u000g \u001: \u00/f \u0010 \u001a`,
  ),
  '\u0000',
  '\u0001',
  '\t',
  '\u0080',
  '\u2029',
  '\ufeff',
  '\uffff',
  '\ud800',
  '\udc00',
];

export const ODD_NUMBERS = words(
  `0 -0 0.0 -0.0 00 01 -01 1.0 1.10 .5 5. +1 --1 - -a 0x10 1_000 1e400 -1e400 1e5 1E5 1e-5 1e+21 1e21 1e-7 0.000001
0.0000001 0.00000012 -0.001 0.01 0.001 9007199254740991 9007199254740992 9007199254740993 -9007199254740993
999999999999999 1000000000000000 12345678901234567 12345678901234567890 100000000000000000000 1000000000000000000000
0.1234567890123456789 0.30000000000000004 1.7976931348623157e+308 5e-324 123456789012345.6 12345678901234.5 1.5e300
-1e-7`,
);

export const ODD_WORDS = [
  "'x'",
  '',
  ...words('True nul truefalse undefined NaN Infinity -Infinity falsey tru nulll'),
];

export const USUAL_LEVELS = words('10 20 30 30 30 40 50 60');
export const ODD_LEVELS = [
  ...words(String.raw`35 70 "info" "WARN" "audit" "Loud" "inf\u006f" 30.5 -1 0 1e2 300 ""`),
  '"nobody knows"',
];

export const ODD_TIMES = words('null 0 -1 1e12 "soon" "" true 99999999999 100000000000');
export const ODD_PIDS = words('0 1 2147483647 2147483648 -1 -0 1.5 1e3 "12" null 00 12345678901234567890');

/** What may stand where it does not belong. */
export const STRAY = [
  ...words(String.raw`{ } [ ] " \ , : 0 - e`),
  ' ',
  '\t',
  '\r',
  '\u0000',
  '\u001f',
  '\u007f',
  '\u2028',
  '\ufeff',
  '\ud800',
];
