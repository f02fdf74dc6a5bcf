// Reads a JSON list of questions, answers with a JSON list: node-semver, from the folder given, with its defaults.
const semver = require(process.argv[2])

const answer = ([verb, a, b]) => {
  switch (verb) {
    case 'compare':
      return semver.valid(a) && semver.valid(b) ? semver.compare(a, b) : 'invalid'
    case 'satisfies':
      return semver.valid(b) !== null && semver.validRange(a) !== null ? semver.satisfies(b, a) : 'invalid'
    case 'prerelease':
      return semver.valid(a) ? semver.prerelease(a) !== null : 'invalid'
  }
}

console.log(JSON.stringify(JSON.parse(require('fs').readFileSync(0, 'utf8')).map(answer)))
