"""What schemathesis may not do: saw off the branch that it sits on.

It asks as an admin, finds that account in the list, and would change its password, demote it or
delete it. Then nobody could ask for the rest. Such a request goes to an account that is not there;
those against other accounts, other admins included, are sent as they are.
"""

import os

import schemathesis

OWN = os.environ["SCHEMATHESIS_ADMIN_ID"]
NOBODY = "01890a5d-ac96-774b-bcce-b302099a8057"


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.method.upper() in ("PATCH", "DELETE") and (case.path_parameters or {}).get("id") == OWN:
        case.path_parameters["id"] = NOBODY
