using ELearning;
using ELearning.Commands;

return await Launch.RunAsync(args, Modules.All);
