const node =
  'const { randomUUID, randomBytes } = require("crypto");\nfor (const x of [Math.random(), randomUUID(), randomBytes(8).toString("hex")]) console.log(x);\n';

const c = `#include <stdio.h>
#include <sys/random.h>
int main(void) {
  unsigned long long number;
  if (getrandom(&number, sizeof number, 0) != sizeof number) return 1;
  printf("%llx\\n", number);
  return 0;
}
`;

/** By language, programs that print something random on each line: from the language's own generators, and the kernel's. */
export const DRAWS: Readonly<Record<string, string>> = {
  python:
    'import os, random, secrets, uuid\nfor x in (random.random(), random.Random().random(), uuid.uuid4(), uuid.uuid1(), os.urandom(8).hex(), secrets.token_hex(8)): print(x)\n',
  javascript: node,
  typescript: node.replace('const {', 'const a: number = 1;\nconst {'),
  ruby: 'require "securerandom"\nputs rand, Random.new.rand, Random.bytes(8).unpack1("H*"), SecureRandom.uuid, SecureRandom.hex(8), (1..40).to_a.shuffle.join(" ")\n',
  go: `package main

import (
	"crypto/rand"
	"fmt"
	"hash/maphash"
)

func main() {
	bytes := make([]byte, 8)
	rand.Read(bytes)
	var hash maphash.Hash
	hash.WriteString("x")
	fmt.Printf("%x\\n%d\\n", bytes, hash.Sum64())
}
`,
  rust: `use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

fn main() {
    println!("{}", RandomState::new().build_hasher().finish());
}
`,
  java: `import java.security.SecureRandom;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

public class Main {
  public static void main(String[] args) {
    System.out.println(Math.random());
    System.out.println(new Random().nextLong());
    System.out.println(ThreadLocalRandom.current().nextLong());
    System.out.println(UUID.randomUUID());
    System.out.println(new SecureRandom().nextLong());
  }
}
`,
  c,
  cpp: c,
  bash: 'echo "$RANDOM $RANDOM $RANDOM"\necho "$SRANDOM"\ncat /proc/sys/kernel/random/uuid\n',
};
