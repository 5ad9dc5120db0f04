"""`make demo`: three simulated citizens and an officer, rung by a real daemon over real SIP, shown live.

Rule 1: everything is a process of its own and the way is the user's: a settings file, `quanzu run`, alerts, the casebook.
Rule 2: nobody is told what to answer: citizens hear us and speak; what the demo knows, it reads from the casebook.
Rule 3: exit status 0 means that all three calls came out as they should.
"""

from dialer.demo.run import demo

__all__ = ["demo"]
