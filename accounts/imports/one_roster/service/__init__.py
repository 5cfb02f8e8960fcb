"""The OneRoster REST service of a school: requests, runs that read it, settings and pages."""
