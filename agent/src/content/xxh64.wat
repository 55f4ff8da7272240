;; xxHash64, seed 0, and a test for zeros, over memory that the caller also uses for O_DIRECT reads and writes: nothing is
;; copied to be hashed. The state of the one hash in progress lives in globals.
;;
;; Source: github.com/Cyan4973/xxHash, doc/xxhash_spec.md, "XXH64 algorithm description"; the step names are from there.
(module
  (import "io" "memory" (memory 1))

  (global $v1 (mut i64) (i64.const 0))
  (global $v2 (mut i64) (i64.const 0))
  (global $v3 (mut i64) (i64.const 0))
  (global $v4 (mut i64) (i64.const 0))
  (global $total (mut i64) (i64.const 0))

  ;; Step 1: the accumulators; P1+P2, P2, 0 and -P1.
  (func $begin (export "begin")
    (global.set $v1 (i64.add (i64.const 0x9E3779B185EBCA87) (i64.const 0xC2B2AE3D27D4EB4F)))
    (global.set $v2 (i64.const 0xC2B2AE3D27D4EB4F))
    (global.set $v3 (i64.const 0))
    (global.set $v4 (i64.sub (i64.const 0) (i64.const 0x9E3779B185EBCA87)))
    (global.set $total (i64.const 0)))

  ;; Step 2: whole stripes of 32 bytes; $length is a multiple of 32.
  (func $update (export "update") (param $at i32) (param $length i32)
    (local $end i32)
    (local $v1 i64)
    (local $v2 i64)
    (local $v3 i64)
    (local $v4 i64)
    (global.set $total (i64.add (global.get $total) (i64.extend_i32_u (local.get $length))))
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (local.set $v1 (global.get $v1))
    (local.set $v2 (global.get $v2))
    (local.set $v3 (global.get $v3))
    (local.set $v4 (global.get $v4))
    (block $done
      (loop $stripe
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $v1
          (i64.mul
            (i64.rotl
              (i64.add
                (local.get $v1)
                (i64.mul (i64.load (local.get $at)) (i64.const 0xC2B2AE3D27D4EB4F)))
              (i64.const 31))
            (i64.const 0x9E3779B185EBCA87)))
        (local.set $v2
          (i64.mul
            (i64.rotl
              (i64.add
                (local.get $v2)
                (i64.mul (i64.load offset=8 (local.get $at)) (i64.const 0xC2B2AE3D27D4EB4F)))
              (i64.const 31))
            (i64.const 0x9E3779B185EBCA87)))
        (local.set $v3
          (i64.mul
            (i64.rotl
              (i64.add
                (local.get $v3)
                (i64.mul (i64.load offset=16 (local.get $at)) (i64.const 0xC2B2AE3D27D4EB4F)))
              (i64.const 31))
            (i64.const 0x9E3779B185EBCA87)))
        (local.set $v4
          (i64.mul
            (i64.rotl
              (i64.add
                (local.get $v4)
                (i64.mul (i64.load offset=24 (local.get $at)) (i64.const 0xC2B2AE3D27D4EB4F)))
              (i64.const 31))
            (i64.const 0x9E3779B185EBCA87)))
        (local.set $at (i32.add (local.get $at) (i32.const 32)))
        (br $stripe)))
    (global.set $v1 (local.get $v1))
    (global.set $v2 (local.get $v2))
    (global.set $v3 (local.get $v3))
    (global.set $v4 (local.get $v4)))

  ;; One lane into one accumulator.
  (func $round (param $accumulator i64) (param $lane i64) (result i64)
    (i64.mul
      (i64.rotl
        (i64.add (local.get $accumulator) (i64.mul (local.get $lane) (i64.const 0xC2B2AE3D27D4EB4F)))
        (i64.const 31))
      (i64.const 0x9E3779B185EBCA87)))

  (func $merge (param $hash i64) (param $accumulator i64) (result i64)
    (i64.add
      (i64.mul
        (i64.xor (local.get $hash) (call $round (i64.const 0) (local.get $accumulator)))
        (i64.const 0x9E3779B185EBCA87))
      (i64.const 0x85EBCA77C2B2AE63)))

  ;; Step 3: the accumulators become one.
  (func $converge (result i64)
    (local $hash i64)
    (if (i64.lt_u (global.get $total) (i64.const 32))
      (then (return (i64.const 0x27D4EB2F165667C5))))
    (local.set $hash
      (i64.add
        (i64.add (i64.rotl (global.get $v1) (i64.const 1)) (i64.rotl (global.get $v2) (i64.const 7)))
        (i64.add (i64.rotl (global.get $v3) (i64.const 12)) (i64.rotl (global.get $v4) (i64.const 18)))))
    (local.set $hash (call $merge (local.get $hash) (global.get $v1)))
    (local.set $hash (call $merge (local.get $hash) (global.get $v2)))
    (local.set $hash (call $merge (local.get $hash) (global.get $v3)))
    (call $merge (local.get $hash) (global.get $v4)))

  ;; Step 6.
  (func $avalanche (param $hash i64) (result i64)
    (local.set $hash (i64.xor (local.get $hash) (i64.shr_u (local.get $hash) (i64.const 33))))
    (local.set $hash (i64.mul (local.get $hash) (i64.const 0xC2B2AE3D27D4EB4F)))
    (local.set $hash (i64.xor (local.get $hash) (i64.shr_u (local.get $hash) (i64.const 29))))
    (local.set $hash (i64.mul (local.get $hash) (i64.const 0x165667B19E3779F9)))
    (i64.xor (local.get $hash) (i64.shr_u (local.get $hash) (i64.const 32))))

  ;; The last bytes, any number of them, and the hash of everything since $begin.
  (func $finish (export "finish") (param $at i32) (param $length i32) (result i64)
    (local $end i32)
    (local $hash i64)
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (call $update (local.get $at) (i32.and (local.get $length) (i32.const -32)))
    (local.set $at (i32.add (local.get $at) (i32.and (local.get $length) (i32.const -32))))
    (local.set $hash (call $converge))
    ;; Step 4: the length of the input.
    (local.set $hash
      (i64.add
        (i64.add (local.get $hash) (global.get $total))
        (i64.extend_i32_u (i32.sub (local.get $end) (local.get $at)))))
    ;; Step 5: what is left in eights, then a four, then ones.
    (block $eights
      (loop $eight
        (br_if $eights (i32.gt_u (i32.add (local.get $at) (i32.const 8)) (local.get $end)))
        (local.set $hash
          (i64.add
            (i64.mul
              (i64.rotl
                (i64.xor (local.get $hash) (call $round (i64.const 0) (i64.load (local.get $at))))
                (i64.const 27))
              (i64.const 0x9E3779B185EBCA87))
            (i64.const 0x85EBCA77C2B2AE63)))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $eight)))
    (if (i32.le_u (i32.add (local.get $at) (i32.const 4)) (local.get $end))
      (then
        (local.set $hash
          (i64.add
            (i64.mul
              (i64.rotl
                (i64.xor
                  (local.get $hash)
                  (i64.mul (i64.load32_u (local.get $at)) (i64.const 0x9E3779B185EBCA87)))
                (i64.const 23))
              (i64.const 0xC2B2AE3D27D4EB4F))
            (i64.const 0x165667B19E3779F9)))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))))
    (block $ones
      (loop $one
        (br_if $ones (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $hash
          (i64.mul
            (i64.rotl
              (i64.xor
                (local.get $hash)
                (i64.mul (i64.load8_u (local.get $at)) (i64.const 0x27D4EB2F165667C5)))
              (i64.const 11))
            (i64.const 0x9E3779B185EBCA87)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $one)))
    (call $avalanche (local.get $hash)))

  ;; 1 when all $length bytes are zero; stops at the first 64 that are not.
  (func $isZero (export "isZero") (param $at i32) (param $length i32) (result i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (block $blocks
      (loop $block
        (br_if $blocks (i32.gt_u (i32.add (local.get $at) (i32.const 64)) (local.get $end)))
        (if
          (i64.ne
            (i64.or
              (i64.or
                (i64.or (i64.load (local.get $at)) (i64.load offset=8 (local.get $at)))
                (i64.or (i64.load offset=16 (local.get $at)) (i64.load offset=24 (local.get $at))))
              (i64.or
                (i64.or (i64.load offset=32 (local.get $at)) (i64.load offset=40 (local.get $at)))
                (i64.or (i64.load offset=48 (local.get $at)) (i64.load offset=56 (local.get $at)))))
            (i64.const 0))
          (then (return (i32.const 0))))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (br $block)))
    (block $ones
      (loop $one
        (br_if $ones (i32.ge_u (local.get $at) (local.get $end)))
        (if (i32.load8_u (local.get $at)) (then (return (i32.const 0))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $one)))
    (i32.const 1)))
