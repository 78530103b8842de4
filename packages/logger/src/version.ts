/** Goes to `sdk_version`. A test holds it equal to the version in package.json, which CommonJS and bundles cannot both read. */
export const SDK_VERSION = 'logger/0.0.0';
