import { expect, test } from "vitest";
import { whyPasswordWeak } from "./why-password-weak.ts";

test.each([
  "correct horse battery",
  "xK4!pq-0Lm;z",
  "Zürich im Regen",
  "密码很长但是没有人会猜到它",
])("whyPasswordWeak() has nothing against %j", (password) => {
  expect(whyPasswordWeak(password)).toBeNull();
});

test.each([
  ["", /at least 12/],
  ["xK4!pq-0Lm;", /11 characters, at least 12/],
  ["😀😀😀😀😀😀", /6 characters/],
  ["aaaaaaaaaaaaaaaa", /repeats 1/],
  ["abababababab1212", /repeats 4/],
  ["abcdefghijklmnop", /row/],
  ["9876543210987654", /row|repeats|common/],
  ["Password1234", /common/],
  ["P@ssw0rd!!!!", /common/],
  ["1234password!", /common/],
  ["Passwordpassword1", /common/],
  ["Administrator", /common/],
  ["!!welcome2026", /common/],
  ["xK4!pq-0Lm;z\n", /control character/],
  ["xK4!pq\t-0Lm;z", /control character/],
])("whyPasswordWeak() speaks against %j", (password, why) => {
  expect(whyPasswordWeak(password)).toMatch(why);
});

test("whyPasswordWeak() says nothing of the password", () => {
  for (const password of ["hunter2", "qwertyuiop12", "passwort!!!!!"]) {
    expect(whyPasswordWeak(password)).not.toContain(password);
  }
});
