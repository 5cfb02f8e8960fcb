"""Run a function on an untrusted file in a separate process with limited memory and time.

runner.run(function, file, *arguments, limits=…, result=…)    yields what the function yields
refusal.FileRejected(code)                                    raised by the function to reject the file
runner.ProcessFailed                                          the process died or exceeded its limits

The process imports the module of the function but nothing of Django, so it starts within 0.1 s. It has no
secret of the console. docs/decisions/0031 explains why it is started and not forked.
"""
