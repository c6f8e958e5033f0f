#!/bin/sh
# Run the README's two commands in a new Debian unstable, where all that is installed is python3, make and certificates: on its
# default Python as an ordinary user, and on the newest one as root. Needs root and debootstrap.
set -eu
cd "$(dirname "$0")/.."
newest=${NEWEST:-3.15}

command -v debootstrap >/dev/null || { echo "debootstrap is missing: apt-get install debootstrap" >&2; exit 2; }
archive() { apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' | sed -n 's/^Debian Debian //p' | head -n 1; }
mirror=$(archive)
[ -n "$mirror" ] || { apt-get update >/dev/null; mirror=$(archive); }  # apt knows its archives once it has their lists
[ -n "$mirror" ] || { echo "This machine's apt has no Debian archive to bootstrap from." >&2; exit 2; }

debian=$(mktemp -d /var/tmp/debian.XXXXXX)
chmod 755 "$debian"  # its users come from here too
trap 'rm -rf --one-file-system "$debian"' EXIT
echo "== Bootstrapping Debian unstable =="
debootstrap --variant=minbase --include="python3,python3-venv,python$newest-venv,make,ca-certificates" \
    unstable "$debian" "$mirror" >"$debian.log" 2>&1 || { tail "$debian.log"; exit 1; }
rm "$debian.log"

# The registry is reached as from this machine.
cp /etc/resolv.conf "$debian/etc/"
cp -L /etc/ssl/certs/ca-certificates.crt "$debian/etc/ssl/certs/"
[ ! -f /etc/pip.conf ] || cp /etc/pip.conf "$debian/etc/"

for user in student root; do
    home=$(chroot "$debian" sh -c "getent passwd $user >/dev/null || useradd --create-home $user; getent passwd $user | cut -d: -f6")
    mkdir "$debian$home/homework"
    git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- -c | tar -x -C "$debian$home/homework"
    chroot "$debian" chown -R "$user:" "$home"
done

# The mounts and all processes end with this command. A shell comes first, since it adopts orphans.
run() {
    user=$1 python=$2
    echo "== $(chroot "$debian" "$python" --version), as $user =="
    unshare --mount --pid --fork sh -c '
        set -eu
        mount --make-rprivate / && mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev"
        chroot "$1" runuser --login "$2" --whitelist-environment="$4" -c "cd homework && make grade PYTHON=$3 && make test PYTHON=$3"
        exit $?' sh "$debian" "$user" "$python" "$(env | sed -n 's/^\(\(PIP\|SSL\|UV\)_[A-Z_]*\|[a-z]*_proxy\)=.*/\1/p' | paste -sd,)"
}
run student python3
run root "python$newest"
