"""Builds a Samba Active Directory domain with the small company in it, once; tests run copies.

usage: build.py FOLDER    (FOLDER must not exist)
"""

import os
import subprocess
import sys

import ldb
from samba.auth import system_session
from samba.ndr import ndr_unpack
from samba.dcerpc import security
from samba.param import LoadParm
from samba.samdb import SamDB
from samba.sd_utils import SDUtils

ADMIN_PASSWORD = "Adm1n-Passw0rd!"
START_PASSWORD = "Start-Passw0rd-1"
SERVICE_PASSWORD = "Service-Passw0rd-1"
DOMAIN = "DC=corp,DC=example,DC=test"
STAFF = "OU=Staff," + DOMAIN
SERVICES = "OU=Services," + DOMAIN
GROUPS = "OU=Groups," + DOMAIN
PSO = "CN=strict,CN=Password Settings Container,CN=System," + DOMAIN
DAY = 86_400 * 10_000_000
# 2025-01-01, in 100 ns since 1601
LONG_AGO = 133_801_632_000_000_000

# login, display name, WeCom userid, other attributes
PEOPLE = [
    ("lin.wei", "Lin Wei", "LinWei", {"preferredLanguage": "zh-CN"}),
    ("siti.rahma", "Siti Rahma", "SitiRahma", {}),
    ("zhang.min", "Zhang Min", "ZhangMin", {}),
    ("must.change", "Must Change", "MustChange", {"pwdLastSet": "0"}),
    ("budi.off", "Budi Off", "BudiOff", {"userAccountControl": "514"}),
    ("old.contract", "Old Contract", "OldContract", {"accountExpires": str(LONG_AGO)}),
    ("admin.boss", "Admin Boss", "AdminBoss", {}),
    ("primary.boss", "Primary Boss", "PrimaryBoss", {}),
    ("ada.admin", "Ada Admin", "AdaAdmin", {"adminCount": "1"}),
    ("web.service", "Web Service", "WebService", {"servicePrincipalName": "HTTP/web"}),
    ("smart.card", "Smart Card", "SmartCard", {"userAccountControl": str(512 | 0x40000)}),
    ("sun.strict", "Sun Strict", "SunStrict", {}),
    ("nomap", "No Map", None, {}),
    ("twin.a", "Twin A", "TwinId", {}),
    ("twin.b", "Twin B", "twinid", {}),
    ("double", "Double One", "DoubleOne", {}),
    ("double2", "Double Two", "DoubleTwo", {"mail": "double"}),
]


def main(folder):
    subprocess.run(
        ["samba-tool", "domain", "provision", f"--targetdir={folder}", "--server-role=dc",
         "--use-rfc2307", "--dns-backend=NONE", "--realm=CORP.EXAMPLE.TEST", "--domain=CORP",
         "--host-name=dc1", "--host-ip=127.0.0.1", f"--adminpass={ADMIN_PASSWORD}",
         "--option=interfaces=lo", "--option=bind interfaces only=yes"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    lp = LoadParm()
    lp.load(os.path.join(folder, "etc/smb.conf"))
    lp.set("dsdb:schema update allowed", "yes")
    sam = SamDB(url=os.path.join(folder, "private/sam.ldb"), session_info=system_session(), lp=lp)
    set_policy(sam)
    add_index(sam)
    for unit in (STAFF, SERVICES, GROUPS):
        sam.add({"dn": unit, "objectClass": "organizationalUnit"})
    for login, name, wecom, more in PEOPLE:
        add_person(sam, login, name, wecom, more)
    add_machines(sam)
    add_groups(sam)
    add_pso(sam)
    add_services(sam)
    age(folder)


def modify(sam, dn, attributes):
    message = ldb.Message(ldb.Dn(sam, dn))
    for name, value in attributes.items():
        message[name] = ldb.MessageElement(value, ldb.FLAG_MOD_REPLACE, name)
    sam.modify(message)


def set_policy(sam):
    modify(sam, DOMAIN, {
        "maxPwdAge": str(-120 * DAY), "minPwdAge": "0", "minPwdLength": "12",
        "pwdHistoryLength": "5", "pwdProperties": "1", "lockoutThreshold": "5",
        "lockoutDuration": "-9000000000", "lockOutObservationWindow": "-9000000000"})


def add_index(sam):
    """The attribute of the mapping is looked for: without an index, all people are looked at."""
    modify(sam, "CN=Employee-Number,CN=Schema,CN=Configuration," + DOMAIN, {"searchFlags": "1"})


def dn_of(name, unit=STAFF):
    return f"CN={name},{unit}"


def add_person(sam, login, name, wecom, more):
    given, surname = name.split(" ", 1)
    sam.newuser(login, START_PASSWORD, userou="OU=Staff", givenname=given, surname=surname,
                mailaddress=f"{login}@example.test")
    if wecom:
        more = {"employeeNumber": wecom, **more}
    if more:
        modify(sam, dn_of(login), more)


def add_machines(sam):
    sam.add({"dn": dn_of("PC1"), "objectClass": "computer", "sAMAccountName": "PC1$",
             "userAccountControl": "4096", "employeeNumber": "PcOne"})
    sam.add({"dn": dn_of("svc1"), "objectClass": "msDS-ManagedServiceAccount",
             "sAMAccountName": "svc1$", "userAccountControl": "4096", "employeeNumber": "SvcOne"})


def add_groups(sam):
    names = ["admins", "operators", "night-shift", "everybody"]
    for name in names:
        sam.add({"dn": dn_of(name, GROUPS), "objectClass": "group", "sAMAccountName": name})
    # Nested, with a cycle, which nobody forbids.
    for group, member in [("admins", dn_of("operators", GROUPS)),
                          ("operators", dn_of("night-shift", GROUPS)),
                          ("operators", dn_of("admins", GROUPS)),
                          ("night-shift", dn_of("admin.boss")),
                          ("night-shift", dn_of("primary.boss")),
                          ("everybody", dn_of("lin.wei"))]:
        message = ldb.Message(ldb.Dn(sam, dn_of(group, GROUPS)))
        message["member"] = ldb.MessageElement(member, ldb.FLAG_MOD_ADD, "member")
        sam.modify(message)
    # A primary group is in no member list.
    found = sam.search(dn_of("night-shift", GROUPS), ldb.SCOPE_BASE, attrs=["objectSid"])
    rid = str(ndr_unpack(security.dom_sid, found[0]["objectSid"][0])).rsplit("-", 1)[1]
    modify(sam, dn_of("primary.boss"), {"primaryGroupID": rid})


def add_pso(sam):
    sam.add({"dn": PSO, "objectClass": "msDS-PasswordSettings",
             "msDS-PasswordSettingsPrecedence": "10",
             "msDS-PasswordReversibleEncryptionEnabled": "FALSE",
             "msDS-PasswordHistoryLength": "10", "msDS-PasswordComplexityEnabled": "TRUE",
             "msDS-MinimumPasswordLength": "16", "msDS-MinimumPasswordAge": "0",
             "msDS-MaximumPasswordAge": str(-60 * DAY), "msDS-LockoutThreshold": "5",
             "msDS-LockoutObservationWindow": "-9000000000",
             "msDS-LockoutDuration": "-9000000000",
             "msDS-PSOAppliesTo": dn_of("sun.strict")})


def add_services(sam):
    """svc-rekey may reset the staff and read the PSO; svc-nopso may not read the PSO; svc-reader
    may do neither."""
    sids = {}
    for name in ("svc-rekey", "svc-nopso", "svc-reader"):
        sam.newuser(name, SERVICE_PASSWORD, userou="OU=Services")
        modify(sam, dn_of(name, SERVICES), {"userAccountControl": str(512 | 0x10000)})
        found = sam.search(dn_of(name, SERVICES), ldb.SCOPE_BASE, attrs=["objectSid"])
        sids[name] = str(ndr_unpack(security.dom_sid, found[0]["objectSid"][0]))
    access = SDUtils(sam)
    here = os.path.dirname(os.path.abspath(__file__))
    rights = os.path.join(here, "../../../assets/active-directory/rights.sddl")
    for line in open(rights, encoding="ascii"):
        kind, _, ace = line.strip().partition(" ")
        for name in ("svc-rekey", "svc-nopso"):
            if kind == "people":
                access.dacl_add_ace(STAFF, ace.replace("SID", sids[name]))
        if kind == "policies":
            access.dacl_add_ace("CN=Password Settings Container,CN=System," + DOMAIN,
                                ace.replace("SID", sids["svc-rekey"]))


def age(folder):
    """zhang.min's password is from long ago, which only the file itself can say."""
    part = os.path.join(folder, "private/sam.ldb.d", DOMAIN.upper() + ".ldb")
    raw = ldb.Ldb(part)
    found = raw.search(expression="(sAMAccountName=zhang.min)", attrs=["pwdLastSet"])
    message = ldb.Message(found[0].dn)
    message["pwdLastSet"] = ldb.MessageElement(str(LONG_AGO), ldb.FLAG_MOD_REPLACE, "pwdLastSet")
    raw.modify(message)


if __name__ == "__main__":
    main(sys.argv[1])
