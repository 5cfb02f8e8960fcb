"""The variables of the environment: what each may contain, checked before anything else is started.

Invalid values end every program with a numbered sentence for each, before the embedded servers and Django
are started. `console.checks` checks what needs the settings.

table       every variable with its kind; a test compares it with `.env.example`
kinds       number, switch, choice, URL, list, file and folder: what is invalid about a value
rules       what depends on several variables
names       names that look like misspelled variables
"""

from console.variables.kinds import InvalidSetting
from console.variables.names import misspelled_names
from console.variables.startup import exit_on_invalid_variables, validate_variables

__all__ = ["InvalidSetting", "exit_on_invalid_variables", "misspelled_names", "validate_variables"]
