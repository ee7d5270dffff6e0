"""The command `tertulia`, but that passwords cost next to nothing: a test makes several people, and what hashing costs
is nothing that these tests look at (`tests/adapters/local_accounts` does). Run: python -m tests.conformance.cheaply.
"""

from tertulia.__main__ import main
from tertulia.adapters.local_accounts import hashing

if __name__ == "__main__":
    for name, least in {"MEMORY_KIB": 8, "PASSES": 1}.items():
        setattr(hashing, name, least)
    main()
