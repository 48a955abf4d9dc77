#!/usr/bin/env bash
# Makes an empty 389 Directory Server and moves it into a folder, with placeholders for its place
# and ports. Its installer asks systemd to start and stop it: a stand-in does that here.
#
# usage: setup.sh FOLDER INSTANCE PASSWORD PORT SECURE_PORT
set -euo pipefail
folder=$1 instance=$2 password=$3 port=$4 secure_port=$5

scratch=$(mktemp -d)
pid_file=/run/dirsrv/slapd-$instance.pid
clean_up() {
    if [[ -e $pid_file ]]; then
        local pid
        pid=$(<"$pid_file")
        kill "$pid" 2>/dev/null && tail --pid="$pid" -f /dev/null
    fi
    rm -rf "$scratch" "/etc/dirsrv/slapd-$instance" "/var/lib/dirsrv/slapd-$instance" \
        "/var/log/dirsrv/slapd-$instance" "/run/lock/dirsrv/slapd-$instance" "$pid_file" \
        "/run/slapd-$instance.socket"
}
trap clean_up EXIT

cat >"$scratch/systemctl" <<END
#!/usr/bin/env bash
pid_file=$pid_file
case "\$1" in
start)
    mkdir -p /run/dirsrv /run/lock/dirsrv/slapd-$instance
    chown dirsrv:dirsrv /run/dirsrv /run/lock/dirsrv /run/lock/dirsrv/slapd-$instance
    /usr/sbin/ns-slapd -D /etc/dirsrv/slapd-$instance -i "\$pid_file" >/dev/null 2>&1
    for _ in {1..600}; do
        (echo >/dev/tcp/127.0.0.1/$port) 2>/dev/null && exit 0
        read -rt 0.1 <> <(:) || true
    done
    exit 1
    ;;
stop) kill "\$(<"\$pid_file")" ;;
is-active) [[ -e "\$pid_file" ]] && kill -0 "\$(<"\$pid_file")" ;;
esac
END
chmod +x "$scratch/systemctl"

cat >"$scratch/instance.inf" <<END
[general]
full_machine_name = localhost
strict_host_checking = False
selinux = False
[slapd]
instance_name = $instance
port = $port
secure_port = $secure_port
root_password = $password
self_sign_cert = True
[backend-userroot]
suffix = dc=example,dc=test
create_suffix_entry = True
END
PATH="$scratch:$PATH" dscreate from-file "$scratch/instance.inf"

# Ended, so that all is on the disk.
pid=$(<"$pid_file")
kill "$pid"
tail --pid="$pid" -f /dev/null

mkdir -p "$folder/log" "$folder/lock" "$folder/run"
cp -a "/etc/dirsrv/slapd-$instance" "$folder/etc"
cp -a "/var/lib/dirsrv/slapd-$instance" "$folder/lib"
rm -f "$folder"/lib/db/__db.* "$folder"/etc/dse.ldif.*
# Run by whoever runs the tests, on loopback only, without waiting for the disk's promises.
sed -i -e ':a;N;$!ba;s/\n //g' "$folder/etc/dse.ldif"
sed -i \
    -e "s#/etc/dirsrv/slapd-$instance#@FOLDER@/etc#" \
    -e "s#/var/lib/dirsrv/slapd-$instance#@FOLDER@/lib#" \
    -e "s#/run/lock/dirsrv/slapd-$instance#@FOLDER@/lock#" \
    -e "s#/var/log/dirsrv/slapd-$instance#@FOLDER@/log#" \
    -e "s#: /run/dirsrv#: @FOLDER@/run#" \
    -e "s#/run/slapd-$instance.socket#@FOLDER@/run/ldapi#" \
    -e "s#^nsslapd-localuser: .*#nsslapd-localuser: $(id -un)#" \
    -e "s#^nsslapd-port: .*#nsslapd-port: @PORT@\nnsslapd-listenhost: 127.0.0.1\nnsslapd-securelistenhost: 127.0.0.1#" \
    -e "s#^nsslapd-secureport: .*#nsslapd-securePort: @SECUREPORT@#I" \
    "$folder/etc/dse.ldif"
chown -R "$(id -u):$(id -g)" "$folder"
