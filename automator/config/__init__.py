"""config.toml as a frozen tree. Every mistake is told in one run, with its line; no secret is ever in it.

config = load_config(find_config(None))
options = config.account_options("bureau")      # secrets are fetched here, not before
"""

from __future__ import annotations

from automator.config.homes import find_config
from automator.config.load import load_config
from automator.config.secrets import SecretRef, resolve
from automator.config.settings import PUBLIC_PROVIDERS, Config
from automator.config.tree import Account, Calendar, Smtp

__all__ = [
    "PUBLIC_PROVIDERS",
    "Account",
    "Calendar",
    "Config",
    "SecretRef",
    "Smtp",
    "find_config",
    "load_config",
    "resolve",
]
