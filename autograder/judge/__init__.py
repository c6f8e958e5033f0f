"""The trusted side: it owns checks, reference, clocks and results, and touches no code of a student's.

How one check of one submission is judged:

1. `collect` has had pytest collect the tests of all checks, once; a test's parameters name what it needs.
2. `Judge._in_public` runs each test of a question on public data first: what a student will read of it if it fails.
3. `Judge._run` then runs it on hidden data, in the same worker. Both give it what it names: `StudentFunction` in place of each
   function of the submission, and what `PARAMETERS` lists.
4. The test calls one; `StudentCode.ask` looks at the time that is left, and has the sandbox fork a worker if none lives.
5. `Worker.ask` sends arguments and takes the answer, under limits of CPU time and wall time that the kernel's clocks keep.
6. What comes back is a claim: its form is checked, and `NoAnswer` is raised if it is not an answer.
7. The test compares it and raises `Mismatch`, or asks `Evidence` for steps, CPU time and memory, which `meters` take; every
   result that they ask for is verified too.
8. `Judge._result` turns what the test raised into a `TestResult`; a mistake is reported once, and blocks tests that repeat it.
9. The tests of a check make a `CheckResult` with its points, and all checks make the `Report`.
"""
