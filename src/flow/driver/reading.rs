//! Reading accounts: what the directory says, and whether their resets are frozen.

use crate::domain::account::{Account, AccountKey, EntryDn, LoginName, Standing, WecomUserId};
use crate::domain::policy::DirectoryPolicy;
use crate::flow::effect::Answer;
use crate::flow::ports::{DirectoryDown, Ports};

/// Always both questions at the same time, whatever the login name is.
pub(super) async fn look_up(ports: &Ports, login: &LoginName) -> Answer {
    let (account, channel) = tokio::join!(ports.directory.find(login), ports.messenger.works());
    if let Err(error) = &account {
        tracing::error!(%error, "the directory does not answer");
    }
    if let Err(error) = &channel {
        tracing::error!(%error, "the channel does not work");
    }
    let account = match account {
        Ok(found) => Ok(known(ports, found).await),
        Err(down) => Err(down),
    };
    Answer::LookedUp {
        account,
        nobody: ports.codes.nobody(login),
        channel,
    }
}

pub(super) async fn find_member(
    ports: &Ports,
    userid: &WecomUserId,
) -> Result<Option<Box<Account>>, DirectoryDown> {
    let found = ports.directory.find_member(userid).await?;
    Ok(known(ports, found).await)
}

pub(super) async fn read_account(
    ports: &Ports,
    key: &AccountKey,
    dn: &EntryDn,
) -> Result<Option<(Box<Account>, DirectoryPolicy)>, DirectoryDown> {
    let found = ports.directory.reread(key, dn).await?;
    let Some(fresh) = known(ports, found).await else {
        return Ok(None);
    };
    let policy = ports.directory.policy(&fresh).await?;
    Ok(Some((fresh, policy)))
}

/// An account as the rules see it: the directory's word, and the freeze. The state is asked for
/// everybody, somebody or nobody (rule 3).
async fn known(ports: &Ports, found: Option<Account>) -> Option<Box<Account>> {
    let now = ports.clock.now().wall;
    let nobody = AccountKey::new("");
    let key = found.as_ref().map_or(&nobody, |account| &account.key);
    let frozen = ports.objections.frozen_until(key, now).await;
    let mut account = Box::new(found?);
    if account.standing == Standing::Eligible {
        match frozen {
            Ok(None) => {}
            Ok(Some(until)) => account.standing = Standing::Frozen { until },
            // Whoever cannot read the state cannot write it either, and nothing is changed
            // without its record.
            Err(error) => tracing::error!(%error, "it cannot be read whether resets are frozen"),
        }
    }
    Some(account)
}
